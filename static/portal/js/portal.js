/* A page with nothing but what every page shares. */

import { initPage } from "./page.js";

initPage();
