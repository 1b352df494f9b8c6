/*
 * What every page shares. The theme switch is the admin's own theme.js.
 *
 * Events on the document:
 *   portal:theme     {theme}  "light" or "dark" is seen from now on
 *   portal:replaced           bubbles from an element whose HTML was exchanged
 *   portal:dash-failed {status}  Dash does not start
 *   portal:panel     {address, opener}  what the panel beside the charts shows now
 */

import { initAutocompleteLabels } from "./autocomplete-labels.js";
import { initCards } from "./cards.js";
import { initCopyLink } from "./copy-link.js";
import { initDateFields } from "./date-fields.js";
import { initFilterBar } from "./filter-bar.js";
import { initFollowing } from "./following.js";
import { initMenus } from "./menus.js";
import { initNavigation } from "./navigation.js";
import { initPanel } from "./panel.js";
import { initPageActions } from "./page-actions.js";
import { initPaper } from "./paper.js";
import { initPassports } from "./passports.js";
import { initSamplePlan } from "./sample-plan.js";
import { initSearch } from "./search.js";
import { initShortcuts } from "./shortcuts.js";
import { initSuggestions } from "./suggestions.js";
import { initTableFolding } from "./table-folding.js";
import { initTableScrolling } from "./table-scrolling.js";
import { initTableSorting } from "./table-sorting.js";
import { initViewsMenu } from "./views-menu.js";
import { watchTheme } from "./theme.js";

/** Starts all of it. */
export function initPage() {
  initNavigation();
  initViewsMenu();
  initMenus();
  initCards();
  initTableSorting();
  initTableFolding();
  initTableScrolling();
  initAutocompleteLabels();
  initCopyLink();
  initDateFields();
  initFilterBar();
  initFollowing();
  initPageActions();
  initPaper();
  initPassports();
  initSamplePlan();
  initSearch();
  initShortcuts();
  initSuggestions();
  initPanel();
  watchTheme();
}
