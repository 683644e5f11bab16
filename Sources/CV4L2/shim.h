// Video4Linux 2 as Swift can call it: ioctl(2) is variadic and its requests are macros, and one struct of it is a union
// for single-planar and multi-planar devices. Each function makes one system call, repeats it when a signal cut it
// short (EINTR), and returns 0 or the errno. Meaning of the calls: linux/videodev2.h and the kernel's V4L2 chapters.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CURBSIDE_PLANES 3

static const uint32_t curbside_fourcc_mjpeg = V4L2_PIX_FMT_MJPEG;
static const uint32_t curbside_fourcc_jpeg = V4L2_PIX_FMT_JPEG;
static const uint32_t curbside_fourcc_yuyv = V4L2_PIX_FMT_YUYV;
static const uint32_t curbside_fourcc_nv12 = V4L2_PIX_FMT_NV12;
static const uint32_t curbside_fourcc_nv12_apart = V4L2_PIX_FMT_NV12M;
static const uint32_t curbside_fourcc_grey = V4L2_PIX_FMT_GREY;

static const uint32_t curbside_capable_capture = V4L2_CAP_VIDEO_CAPTURE;
static const uint32_t curbside_capable_capture_planes = V4L2_CAP_VIDEO_CAPTURE_MPLANE;
static const uint32_t curbside_capable_streaming = V4L2_CAP_STREAMING;
static const uint32_t curbside_capable_device_caps = V4L2_CAP_DEVICE_CAPS;

static const uint32_t curbside_flag_error = V4L2_BUF_FLAG_ERROR;
static const uint32_t curbside_flag_time_mask = V4L2_BUF_FLAG_TIMESTAMP_MASK;
static const uint32_t curbside_flag_time_monotonic = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;

static const uint32_t curbside_control_exposure_mode = V4L2_CID_EXPOSURE_AUTO;
static const uint32_t curbside_control_exposure = V4L2_CID_EXPOSURE_ABSOLUTE;
static const uint32_t curbside_control_gain_automatic = V4L2_CID_AUTOGAIN;
static const uint32_t curbside_control_gain = V4L2_CID_GAIN;
static const int32_t curbside_exposure_automatic = V4L2_EXPOSURE_AUTO;
static const int32_t curbside_exposure_manual = V4L2_EXPOSURE_MANUAL;
static const int32_t curbside_exposure_aperture = V4L2_EXPOSURE_APERTURE_PRIORITY;

static const int16_t curbside_poll_in = POLLIN;
static const int16_t curbside_poll_gone = POLLERR | POLLHUP | POLLNVAL;

/// What a device is; `nodeCapabilities` are those of the opened node where the driver tells them apart.
struct curbside_identity {
    char driver[17], card[33], bus[33];
    uint32_t node_capabilities;
};

/// A picture format as negotiated; sizes of planes in bytes.
struct curbside_format {
    uint32_t fourcc, width, height, planes;
    uint32_t bytes_per_line[CURBSIDE_PLANES], size[CURBSIDE_PLANES];
    bool is_interlaced, is_full_range;
};

/// Sizes in pixels, or frame intervals in seconds as numerator and denominator: one value, or a range of them.
struct curbside_range {
    bool is_range;
    uint32_t a_least, b_least, a_most, b_most;
};

struct curbside_control {
    int32_t least, most, step, standard;
    bool is_disabled, is_read_only;
};

/// A filled buffer as the driver hands it out.
struct curbside_buffer {
    uint32_t index, flags, sequence;
    uint32_t bytes_used[CURBSIDE_PLANES], offset[CURBSIDE_PLANES];
    int64_t seconds, microseconds;
};

static inline int curbside_call(int descriptor, unsigned long request, void *argument) {
    int result;
    do result = ioctl(descriptor, request, argument);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

static inline uint32_t curbside_type(bool planar) {
    return planar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/// Opens for streaming, never waiting. Returns the descriptor, or minus the errno.
static inline int curbside_open(const char *path) {
    int descriptor;
    do descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

/// Waits for a picture or trouble. `found` gets poll(2)'s revents, 0 when the time was up.
static inline int curbside_wait(int descriptor, int milliseconds, int16_t *found) {
    struct pollfd entry = {.fd = descriptor, .events = POLLIN};
    int result = poll(&entry, 1, milliseconds);
    *found = result > 0 ? entry.revents : 0;
    return result < 0 && errno != EINTR ? errno : 0;
}

static inline int curbside_identify(int descriptor, struct curbside_identity *identity) {
    struct v4l2_capability answer = {0};
    int failure = curbside_call(descriptor, VIDIOC_QUERYCAP, &answer);
    memset(identity, 0, sizeof *identity);
    if (failure) return failure;
    memcpy(identity->driver, answer.driver, sizeof answer.driver);
    memcpy(identity->card, answer.card, sizeof answer.card);
    memcpy(identity->bus, answer.bus_info, sizeof answer.bus_info);
    identity->node_capabilities =
        answer.capabilities & V4L2_CAP_DEVICE_CAPS ? answer.device_caps : answer.capabilities;
    return 0;
}

/// The format number `index` (EINVAL: there is none).
static inline int curbside_format_at(int descriptor, bool planar, uint32_t index, uint32_t *fourcc) {
    struct v4l2_fmtdesc answer = {.index = index, .type = curbside_type(planar)};
    int failure = curbside_call(descriptor, VIDIOC_ENUM_FMT, &answer);
    *fourcc = answer.pixelformat;
    return failure;
}

/// The frame size number `index` of a format: a is width, b is height.
static inline int curbside_size_at(int descriptor, uint32_t fourcc, uint32_t index, struct curbside_range *range) {
    struct v4l2_frmsizeenum answer = {.index = index, .pixel_format = fourcc};
    int failure = curbside_call(descriptor, VIDIOC_ENUM_FRAMESIZES, &answer);
    if (failure) return failure;
    if (answer.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
        *range = (struct curbside_range){false, answer.discrete.width, answer.discrete.height,
                                         answer.discrete.width, answer.discrete.height};
    } else {
        *range = (struct curbside_range){true, answer.stepwise.min_width, answer.stepwise.min_height,
                                         answer.stepwise.max_width, answer.stepwise.max_height};
    }
    return 0;
}

/// The frame interval number `index` of a format and size: a/b seconds.
static inline int curbside_interval_at(int descriptor, uint32_t fourcc, uint32_t width, uint32_t height,
                                       uint32_t index, struct curbside_range *range) {
    struct v4l2_frmivalenum answer = {.index = index, .pixel_format = fourcc, .width = width, .height = height};
    int failure = curbside_call(descriptor, VIDIOC_ENUM_FRAMEINTERVALS, &answer);
    if (failure) return failure;
    if (answer.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
        *range = (struct curbside_range){false, answer.discrete.numerator, answer.discrete.denominator,
                                         answer.discrete.numerator, answer.discrete.denominator};
    } else {
        *range = (struct curbside_range){true, answer.stepwise.min.numerator, answer.stepwise.min.denominator,
                                         answer.stepwise.max.numerator, answer.stepwise.max.denominator};
    }
    return 0;
}

/// Whether brightness fills 0 to 255: only where the driver says so, or in JPEG's own colour space.
static inline bool curbside_full_range(uint32_t quantization, uint32_t colorspace, uint32_t fourcc) {
    if (quantization != V4L2_QUANTIZATION_DEFAULT) return quantization == V4L2_QUANTIZATION_FULL_RANGE;
    return colorspace == V4L2_COLORSPACE_JPEG || fourcc == V4L2_PIX_FMT_GREY;
}

/// Asks for `format`'s fourcc, width and height and says in it what the driver gives instead.
static inline int curbside_set_format(int descriptor, bool planar, struct curbside_format *format) {
    struct v4l2_format wish = {.type = curbside_type(planar)};
    if (planar) {
        wish.fmt.pix_mp.pixelformat = format->fourcc;
        wish.fmt.pix_mp.width = format->width;
        wish.fmt.pix_mp.height = format->height;
        wish.fmt.pix_mp.field = V4L2_FIELD_NONE;
    } else {
        wish.fmt.pix.pixelformat = format->fourcc;
        wish.fmt.pix.width = format->width;
        wish.fmt.pix.height = format->height;
        wish.fmt.pix.field = V4L2_FIELD_NONE;
    }
    int failure = curbside_call(descriptor, VIDIOC_S_FMT, &wish);
    if (failure) return failure;
    memset(format, 0, sizeof *format);
    uint32_t field;
    if (planar) {
        const struct v4l2_pix_format_mplane *given = &wish.fmt.pix_mp;
        format->fourcc = given->pixelformat;
        format->width = given->width;
        format->height = given->height;
        format->planes = given->num_planes;
        for (unsigned plane = 0; plane < CURBSIDE_PLANES && plane < given->num_planes; plane++) {
            format->bytes_per_line[plane] = given->plane_fmt[plane].bytesperline;
            format->size[plane] = given->plane_fmt[plane].sizeimage;
        }
        field = given->field;
        format->is_full_range = curbside_full_range(given->quantization, given->colorspace, given->pixelformat);
    } else {
        const struct v4l2_pix_format *given = &wish.fmt.pix;
        format->fourcc = given->pixelformat;
        format->width = given->width;
        format->height = given->height;
        format->planes = 1;
        format->bytes_per_line[0] = given->bytesperline;
        format->size[0] = given->sizeimage;
        field = given->field;
        format->is_full_range = curbside_full_range(given->quantization, given->colorspace, given->pixelformat);
    }
    format->is_interlaced = field != V4L2_FIELD_NONE && field != V4L2_FIELD_ANY;
    return 0;
}

/// Asks for a frame interval of numerator/denominator seconds and says in them what the driver gives (0/0: unknown).
static inline int curbside_set_interval(int descriptor, bool planar, uint32_t *numerator, uint32_t *denominator) {
    struct v4l2_streamparm wish = {.type = curbside_type(planar)};
    wish.parm.capture.timeperframe.numerator = *numerator;
    wish.parm.capture.timeperframe.denominator = *denominator;
    int failure = curbside_call(descriptor, VIDIOC_S_PARM, &wish);
    *numerator = failure ? 0 : wish.parm.capture.timeperframe.numerator;
    *denominator = failure ? 0 : wish.parm.capture.timeperframe.denominator;
    return failure;
}

/// The limits of a control (EINVAL: the device has none such).
static inline int curbside_control_limits(int descriptor, uint32_t identifier, struct curbside_control *control) {
    struct v4l2_queryctrl answer = {.id = identifier};
    int failure = curbside_call(descriptor, VIDIOC_QUERYCTRL, &answer);
    if (failure) return failure;
    *control = (struct curbside_control){answer.minimum, answer.maximum, answer.step, answer.default_value,
                                         (answer.flags & V4L2_CTRL_FLAG_DISABLED) != 0,
                                         (answer.flags & V4L2_CTRL_FLAG_READ_ONLY) != 0};
    return 0;
}

static inline int curbside_set_control(int descriptor, uint32_t identifier, int32_t value) {
    struct v4l2_control wish = {.id = identifier, .value = value};
    return curbside_call(descriptor, VIDIOC_S_CTRL, &wish);
}

/// Asks for `count` buffers that the driver owns and says in it how many there are; 0 gives them all up.
static inline int curbside_request_buffers(int descriptor, bool planar, uint32_t *count) {
    struct v4l2_requestbuffers wish = {.count = *count, .type = curbside_type(planar), .memory = V4L2_MEMORY_MMAP};
    int failure = curbside_call(descriptor, VIDIOC_REQBUFS, &wish);
    if (!failure) *count = wish.count;
    return failure;
}

/// Maps plane `plane` of buffer `index` for reading; `length` gets its bytes. EIO: the buffer has no such plane.
static inline int curbside_map(int descriptor, bool planar, uint32_t index, uint32_t plane, void **address,
                               uint64_t *length) {
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {.index = index, .type = curbside_type(planar), .memory = V4L2_MEMORY_MMAP};
    if (planar) {
        buffer.m.planes = planes;
        buffer.length = VIDEO_MAX_PLANES;
    }
    int failure = curbside_call(descriptor, VIDIOC_QUERYBUF, &buffer);
    if (failure) return failure;
    if (planar && plane >= buffer.length) return EIO;
    uint32_t offset = planar ? planes[plane].m.mem_offset : buffer.m.offset;
    *length = planar ? planes[plane].length : buffer.length;
    void *mapped = mmap(NULL, *length, PROT_READ, MAP_SHARED, descriptor, offset);
    if (mapped == MAP_FAILED) {
        failure = errno;
        // Some drivers map only for reading and writing.
        mapped = mmap(NULL, *length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset);
        if (mapped == MAP_FAILED) return failure;
    }
    *address = mapped;
    return 0;
}

/// Lends buffer `index` to the driver to fill.
static inline int curbside_queue(int descriptor, bool planar, uint32_t index, uint32_t plane_count) {
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {.index = index, .type = curbside_type(planar), .memory = V4L2_MEMORY_MMAP};
    if (planar) {
        buffer.m.planes = planes;
        buffer.length = plane_count;
    }
    return curbside_call(descriptor, VIDIOC_QBUF, &buffer);
}

/// Takes the next filled buffer (EAGAIN: there is none).
static inline int curbside_dequeue(int descriptor, bool planar, struct curbside_buffer *taken) {
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {.type = curbside_type(planar), .memory = V4L2_MEMORY_MMAP};
    if (planar) {
        buffer.m.planes = planes;
        buffer.length = VIDEO_MAX_PLANES;
    }
    memset(taken, 0, sizeof *taken);
    int failure = curbside_call(descriptor, VIDIOC_DQBUF, &buffer);
    if (failure) return failure;
    taken->index = buffer.index;
    taken->flags = buffer.flags;
    taken->sequence = buffer.sequence;
    taken->seconds = buffer.timestamp.tv_sec;
    taken->microseconds = buffer.timestamp.tv_usec;
    if (!planar) taken->bytes_used[0] = buffer.bytesused;
    for (unsigned plane = 0; planar && plane < CURBSIDE_PLANES && plane < buffer.length; plane++) {
        taken->bytes_used[plane] = planes[plane].bytesused;
        taken->offset[plane] = planes[plane].data_offset;
    }
    return 0;
}

static inline int curbside_stream(int descriptor, bool planar, bool on) {
    int type = (int)curbside_type(planar);
    return curbside_call(descriptor, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}
