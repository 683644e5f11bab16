// A USB camera in software, for the guest machine: a UVC 1.1 device with Motion JPEG and YUY2 on one bulk endpoint,
// served from user space through raw_gadget on a dummy USB port. The kernel's true uvcvideo driver binds to it, so the
// host side sees enumeration, format negotiation, streaming and, when this process is killed, a pulled plug.
//
//   usb-camera PORT RATE JPEG-FOLDER WIDTH HEIGHT [option...]
//     serial=TEXT   serial number (default CAMERA-PORT)
//     jpegs=0|1     offers Motion JPEG (default 1); without, only YUY2
//     yuy2=WxH      size of its YUY2 format (default 640x360)
//     pause=FILE    while FILE exists no picture is sent: a stall
//     cut=FILE      while FILE exists each JPEG is cut in half
//
// Descriptors: USB Device Class Definition for Video Devices 1.1; calls: linux/usb/raw_gadget.h.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usb/raw_gadget.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 32768, PICTURES_MOST = 512, CLOCK_HZ = 48000000 };
enum { SET_CUR = 0x01, GET_CUR = 0x81, GET_MIN, GET_MAX, GET_RES, GET_LEN, GET_INFO, GET_DEF };
enum { JPEG = 1, YUY2 = 2 };

struct picture {
    uint8_t *bytes;
    size_t count;
};

static int gadget, endpoint = -1, rate, port;
static int width, height, raw_width = 640, raw_height = 360;
static bool has_jpegs = true;
static const char *serial, *pause_file = "", *cut_file = "";
static struct picture pictures[PICTURES_MOST], raw_picture;
static int picture_count;
static volatile int current_format = 1;

static uint8_t configuration[512];
static int configuration_length;
static uint8_t agreed[34];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add(const uint8_t *bytes, int count) {
    memcpy(configuration + configuration_length, bytes, count);
    configuration_length += count;
}
#define ADD(...) do { const uint8_t list[] = {__VA_ARGS__}; add(list, sizeof list); } while (0)
#define WORD(v) (uint8_t)(v), (uint8_t)((v) >> 8)
#define LONG(v) WORD((uint32_t)(v)), WORD((uint32_t)(v) >> 16)

// What format number `index` means to the host: without JPEGs, YUY2 is the first.
static int kind_of(int index) { return has_jpegs && index != 2 ? JPEG : YUY2; }
static uint32_t largest_frame(int kind) {
    return kind == JPEG ? (uint32_t)(width * height * 2) : (uint32_t)(raw_width * raw_height * 2);
}

static void add_frame(int subtype, int kind) {
    int w = kind == JPEG ? width : raw_width, h = kind == JPEG ? height : raw_height;
    uint32_t interval = 10000000 / rate, bits = largest_frame(kind) * 8 * rate;
    ADD(30, 0x24, subtype, 1, 0, WORD(w), WORD(h), LONG(bits), LONG(bits), LONG(largest_frame(kind)), LONG(interval), 1,
        LONG(interval));
}

static void describe(void) {
    ADD(9, USB_DT_CONFIG, 0, 0, 2, 1, 0, 0x80, 250);
    ADD(8, USB_DT_INTERFACE_ASSOCIATION, 0, 2, 0x0e, 3, 0, 0);
    ADD(9, USB_DT_INTERFACE, 0, 0, 0, 0x0e, 1, 0, 0);                   // video control
    ADD(13, 0x24, 1, WORD(0x0110), WORD(13 + 18 + 9), LONG(CLOCK_HZ), 1, 1);
    ADD(18, 0x24, 2, 1, WORD(0x0201), 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0); // camera terminal
    ADD(9, 0x24, 3, 2, WORD(0x0101), 0, 1, 0);                          // output terminal fed by it
    ADD(9, USB_DT_INTERFACE, 1, 0, 1, 0x0e, 2, 0, 0);                   // video streaming
    int streaming = configuration_length, formats = has_jpegs ? 2 : 1;
    ADD(13 + formats, 0x24, 1, formats, 0, 0, 0x81, 0, 2, 0, 0, 0, 1);
    for (int format = 0; format < formats; format++) ADD(0);
    if (has_jpegs) {
        ADD(11, 0x24, 6, 1, 1, 1, 1, 0, 0, 0, 0);
        add_frame(7, JPEG);
    }
    ADD(27, 0x24, 4, formats, 1, 'Y', 'U', 'Y', '2', 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71, 16, 1, 0, 0,
        0, 0);
    add_frame(5, YUY2);
    ADD(6, 0x24, 0x0d, 1, 1, 4);
    int length = configuration_length - streaming;
    configuration[streaming + 4] = length;
    configuration[streaming + 5] = length >> 8;
    ADD(7, USB_DT_ENDPOINT, 0x81, USB_ENDPOINT_XFER_BULK, WORD(512), 0);
    configuration[2] = configuration_length;
    configuration[3] = configuration_length >> 8;
}

// The probe and commit control: format, interval and sizes as this camera has them.
static void agree(int format) {
    current_format = format == 2 && has_jpegs ? 2 : 1;
    uint32_t interval = 10000000 / rate, most = largest_frame(kind_of(current_format)), payload = PAYLOAD, clock = CLOCK_HZ;
    memset(agreed, 0, sizeof agreed);
    agreed[0] = 1;
    agreed[2] = current_format;
    agreed[3] = 1;
    memcpy(agreed + 4, &interval, 4);
    memcpy(agreed + 18, &most, 4);
    memcpy(agreed + 22, &payload, 4);
    memcpy(agreed + 26, &clock, 4);
    agreed[30] = 3;
}

struct message {
    struct usb_raw_ep_io head;
    uint8_t data[PAYLOAD];
};

static bool send_picture(struct message *message, struct picture picture, int toggle) {
    for (size_t sent = 0; sent < picture.count;) {
        size_t count = picture.count - sent;
        if (count > PAYLOAD - 2) count = PAYLOAD - 2;
        bool is_last = sent + count == picture.count;
        message->data[0] = 2;
        message->data[1] = 0x80 | toggle | (is_last ? 2 : 0);
        memcpy(message->data + 2, picture.bytes + sent, count);
        message->head = (struct usb_raw_ep_io){.ep = endpoint, .length = count + 2};
        if (ioctl(gadget, USB_RAW_IOCTL_EP_WRITE, message) < 0) return false;
        sent += count;
    }
    return true;
}

static void *serve(void *unused) {
    (void)unused;
    struct message *message = malloc(sizeof *message);
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (int number = 0, toggle = 0;; number++) {
        due.tv_nsec += 1000000000 / rate;
        if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec > due.tv_sec + 1) due = now;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        if (*pause_file && access(pause_file, F_OK) == 0) continue;
        struct picture picture = raw_picture;
        if (kind_of(current_format) == JPEG) {
            picture = pictures[number % picture_count];
            if (*cut_file && access(cut_file, F_OK) == 0) picture.count /= 2;
        }
        // The host resets the port or the stream: the endpoint is there again in a moment.
        if (send_picture(message, picture, toggle)) toggle ^= 1;
        else usleep(20000);
    }
    return NULL;
}

static bool text_descriptor(int index, struct message *answer) {
    const char *texts[] = {"", "Test Optics", "Plate Camera", serial};
    if (index > 3) return false;
    if (index == 0) {
        memcpy(answer->data, (uint8_t[]){4, USB_DT_STRING, 9, 4}, 4);
    } else {
        int length = strlen(texts[index]);
        answer->data[0] = 2 + 2 * length;
        answer->data[1] = USB_DT_STRING;
        for (int i = 0; i < length; i++) answer->data[2 + 2 * i] = texts[index][i], answer->data[3 + 2 * i] = 0;
    }
    answer->head.length = answer->data[0];
    return true;
}

static bool standard_request(const struct usb_ctrlrequest *request, struct message *answer) {
    switch (request->bRequest) {
    case USB_REQ_GET_DESCRIPTOR:
        switch (request->wValue >> 8) {
        case USB_DT_DEVICE: {
            const uint8_t device[] = {18, USB_DT_DEVICE, WORD(0x0200), 0xef, 2, 1, 64, WORD(0x1d6b), WORD(0x0102),
                                      WORD(0x0100), 1, 2, 3, 1};
            memcpy(answer->data, device, sizeof device);
            answer->head.length = sizeof device;
            return true;
        }
        case USB_DT_CONFIG:
            memcpy(answer->data, configuration, configuration_length);
            answer->head.length = configuration_length;
            return true;
        case USB_DT_STRING: return text_descriptor(request->wValue & 255, answer);
        default: return false;
        }
    case USB_REQ_SET_CONFIGURATION:
        if (endpoint < 0) {
            struct usb_endpoint_descriptor bulk = {.bLength = USB_DT_ENDPOINT_SIZE, .bDescriptorType = USB_DT_ENDPOINT,
                .bEndpointAddress = 0x81, .bmAttributes = USB_ENDPOINT_XFER_BULK, .wMaxPacketSize = 512};
            endpoint = ioctl(gadget, USB_RAW_IOCTL_EP_ENABLE, &bulk);
            if (endpoint < 0) fail("endpoint");
            ioctl(gadget, USB_RAW_IOCTL_VBUS_DRAW, 250);
            ioctl(gadget, USB_RAW_IOCTL_CONFIGURE, 0);
            pthread_t thread;
            if (pthread_create(&thread, NULL, serve, NULL)) fail("thread");
        }
        return true;
    case USB_REQ_SET_INTERFACE: return true;
    case USB_REQ_GET_INTERFACE:
        answer->data[0] = 0;
        answer->head.length = 1;
        return true;
    default: return false;
    }
}

static bool video_request(const struct usb_ctrlrequest *request, struct message *answer) {
    if ((request->wIndex & 255) != 1) return false;
    switch (request->bRequest) {
    case SET_CUR: return true;
    case GET_CUR: case GET_MIN: case GET_MAX: case GET_DEF:
        memcpy(answer->data, agreed, sizeof agreed);
        answer->head.length = sizeof agreed;
        return true;
    case GET_LEN:
        memcpy(answer->data, (uint8_t[]){sizeof agreed, 0}, 2);
        answer->head.length = 2;
        return true;
    case GET_INFO:
        answer->data[0] = 3;
        answer->head.length = 1;
        return true;
    default: return false;
    }
}

static void answer_requests(void) {
    static struct message answer;
    for (;;) {
        struct {
            struct usb_raw_event head;
            struct usb_ctrlrequest request;
        } event = {.head = {.length = sizeof event.request}};
        if (ioctl(gadget, USB_RAW_IOCTL_EVENT_FETCH, &event) < 0) fail("event");
        if (event.head.type != USB_RAW_EVENT_CONTROL) continue;
        const struct usb_ctrlrequest request = event.request;
        answer.head = (struct usb_raw_ep_io){0};
        int type = request.bRequestType & USB_TYPE_MASK;
        bool is_known = type == USB_TYPE_STANDARD ? standard_request(&request, &answer)
                      : type == USB_TYPE_CLASS    ? video_request(&request, &answer)
                                                  : false;
        if (!is_known) {
            ioctl(gadget, USB_RAW_IOCTL_EP0_STALL, 0);
        } else if (request.bRequestType & USB_DIR_IN) {
            if (answer.head.length > request.wLength) answer.head.length = request.wLength;
            ioctl(gadget, USB_RAW_IOCTL_EP0_WRITE, &answer);
        } else {
            answer.head.length = request.wLength;
            int count = ioctl(gadget, USB_RAW_IOCTL_EP0_READ, &answer);
            if (count > 2 && type == USB_TYPE_CLASS && request.bRequest == SET_CUR) agree(answer.data[2]);
        }
    }
}

static void load_pictures(const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count && picture_count < PICTURES_MOST; i++) {
        if (!strstr(entries[i]->d_name, ".jpg")) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        FILE *file = fopen(path, "rb");
        struct stat status;
        if (!file || stat(path, &status)) fail(path);
        struct picture picture = {malloc(status.st_size), status.st_size};
        if (fread(picture.bytes, 1, picture.count, file) != picture.count) fail(path);
        fclose(file);
        pictures[picture_count++] = picture;
    }
    if (!picture_count && has_jpegs) {
        fprintf(stderr, "usb-camera: no .jpg in %s\n", folder);
        exit(1);
    }
}

// A slope of brightness without colour.
static void draw_raw_picture(void) {
    raw_picture = (struct picture){malloc(largest_frame(YUY2)), largest_frame(YUY2)};
    for (size_t i = 0; i < raw_picture.count; i++) {
        raw_picture.bytes[i] = i % 2 ? 128 : 16 + i / 2 % raw_width * 219 / raw_width;
    }
}

int main(int count, char **arguments) {
    if (count < 6) {
        fprintf(stderr, "usage: usb-camera PORT RATE JPEG-FOLDER WIDTH HEIGHT [serial= jpegs= yuy2= pause= cut=]\n");
        return 64;
    }
    port = atoi(arguments[1]);
    rate = atoi(arguments[2]);
    width = atoi(arguments[4]);
    height = atoi(arguments[5]);
    static char standard_serial[32];
    snprintf(standard_serial, sizeof standard_serial, "CAMERA-%d", port);
    serial = standard_serial;
    for (int i = 6; i < count; i++) {
        if (!strncmp(arguments[i], "serial=", 7)) serial = arguments[i] + 7;
        else if (!strncmp(arguments[i], "jpegs=", 6)) has_jpegs = arguments[i][6] != '0';
        else if (!strncmp(arguments[i], "pause=", 6)) pause_file = arguments[i] + 6;
        else if (!strncmp(arguments[i], "cut=", 4)) cut_file = arguments[i] + 4;
        else if (sscanf(arguments[i], "yuy2=%dx%d", &raw_width, &raw_height) != 2) return 64;
    }
    load_pictures(arguments[3]);
    draw_raw_picture();
    describe();
    agree(1);
    gadget = open("/dev/raw-gadget", O_RDWR | O_CLOEXEC);
    if (gadget < 0) fail("/dev/raw-gadget");
    struct usb_raw_init start = {.speed = USB_SPEED_HIGH};
    strcpy((char *)start.driver_name, "dummy_udc");
    snprintf((char *)start.device_name, sizeof start.device_name, "dummy_udc.%d", port);
    if (ioctl(gadget, USB_RAW_IOCTL_INIT, &start) < 0 || ioctl(gadget, USB_RAW_IOCTL_RUN, 0) < 0) fail("gadget");
    answer_requests();
}
