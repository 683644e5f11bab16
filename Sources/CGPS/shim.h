// libgps for Swift: the connection to gpsd as an opaque handle on the heap (struct gps_data_t has some 24 KB, and its
// unions would be copied whole). Lines are read and understood on the other side: libgps 3.22 never returns from
// gps_read() once a field has another type than it expects. The kernel's word on its own clock is here too, because
// Swift's C library has no <sys/timex.h>.
#pragma once
#include <errno.h>
#include <gps.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

/// One connection. Incomplete on purpose: Swift can hold it and cannot look into it.
typedef struct patrol_gps patrol_gps;

/// Connects; NULL with libgps' code (negative) or errno in *code.
static inline patrol_gps *patrol_gps_open(const char *host, const char *port, int *code) {
    struct gps_data_t *data = (struct gps_data_t *)calloc(1, sizeof *data);
    if (data == NULL) {
        *code = ENOMEM;
        return NULL;
    }
    errno = 0;
    int result = gps_open(host, port, data);
    if (result != 0) {
        *code = result < -1 ? result : errno;
        free(data);
        return NULL;
    }
    return (patrol_gps *)data;
}

static inline void patrol_gps_close(patrol_gps *gps) {
    gps_close((struct gps_data_t *)gps);
    free(gps);
}

/// The connected socket; it goes with the connection.
static inline int patrol_gps_descriptor(const patrol_gps *gps) { return ((const struct gps_data_t *)gps)->gps_fd; }

/// Asks for JSON messages; asked again, gpsd also tries receivers again that it had given up.
static inline bool patrol_gps_watch(patrol_gps *gps) {
    return gps_stream((struct gps_data_t *)gps, WATCH_ENABLE | WATCH_JSON, NULL) >= 0;
}

/// What the kernel says of its clock (ntp_adjtime(3) with no change asked for).
typedef struct {
    /// A time service (chrony, systemd-timesyncd, ntpd) keeps it in step.
    bool is_synchronised;
    /// Its own bound of the error; grows while no service speaks.
    double maximum_error_seconds;
} patrol_kernel_clock;

static inline bool patrol_kernel_clock_read(patrol_kernel_clock *clock) {
    struct timex timex;
    memset(&timex, 0, sizeof timex);
    int state = ntp_adjtime(&timex);
    if (state < 0) return false;
    clock->is_synchronised = state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0;
    clock->maximum_error_seconds = (double)timex.maxerror / 1e6;
    return true;
}
