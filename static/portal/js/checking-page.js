/* The page of one view that is checked. */

import { initChecking } from "./checking.js";
import { initPage } from "./page.js";

initPage();
initChecking();
