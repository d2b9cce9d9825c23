// Saves a hand where a script is there; every page works without it.
"use strict";
