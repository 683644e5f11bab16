#pragma once
// When a file was made: the C library declares statx(2) to GNU sources only, which Swift's view of it is not.
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Inode and time of birth of an open file; the time is 0 where the file system keeps none.
/// Returns 0, or -1 with errno set.
static inline int file_birth(int descriptor, unsigned long long *inode, long long *seconds, unsigned *nanoseconds) {
    struct statx status = {0};
    long result = syscall(SYS_statx, descriptor, "", 0x1000 /* AT_EMPTY_PATH */, STATX_INO | STATX_BTIME, &status);
    if (result != 0) return -1;
    *inode = status.stx_ino;
    *seconds = status.stx_mask & STATX_BTIME ? status.stx_btime.tv_sec : 0;
    *nanoseconds = status.stx_mask & STATX_BTIME ? status.stx_btime.tv_nsec : 0;
    return 0;
}
