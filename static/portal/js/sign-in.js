/* The pages of the login and of the second factor. */

import { initPasskeys } from "./passkeys.js";

initPasskeys();
