/* The pages of the login and of the second factor. */

import "./portal.js";
import { initPasskeys } from "./passkeys.js";

initPasskeys();
