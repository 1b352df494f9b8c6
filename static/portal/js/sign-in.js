/* The pages of the login and of the second factor. */

import { initPasskeys } from "./passkeys.js";
import { initPage } from "./page.js";

initPage();
initPasskeys();
