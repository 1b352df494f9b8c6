/* The page of one view that is checked. */

import "./portal.js";
import { initChecking } from "./checking.js";

initChecking();
