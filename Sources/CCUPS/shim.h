// CUPS' client library: HTTP connections with time limits, and IPP requests over them.
#pragma once
#include <cups/cups.h>
#include <cups/http.h>
#include <cups/ipp.h>
#include <cups/raster.h>

/// Called by libcups each time a connection was silent for the time set: 0 gives the request up.
static inline int curbside_give_up(http_t *http, void *user_data) {
    (void)http;
    (void)user_data;
    return 0;
}

static inline void curbside_limit_silence(http_t *http, double seconds) {
    httpSetTimeout(http, seconds, curbside_give_up, NULL);
}
