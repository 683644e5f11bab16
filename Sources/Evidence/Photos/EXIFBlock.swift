internal import CExif
internal import ParkingCore

// A photo's metadata as EXIF 2.31 bytes, written by libexif (CIPA DC-008 names and formats of the tags).
#if canImport(Glibc)
internal import Glibc
#endif

/// Builds one EXIF structure in memory; the bytes begin with "Exif\0\0".
struct EXIFBlock: ~Copyable {
    private let data: UnsafeMutablePointer<ExifData>
    private let memory: OpaquePointer
    private static let order = EXIF_BYTE_ORDER_INTEL

    init() throws(EvidenceError) {
        guard let memory = exif_mem_new_default() else { throw EXIFBlock.outOfMemory }
        guard let data = exif_data_new_mem(memory) else {
            exif_mem_unref(memory)
            throw EXIFBlock.outOfMemory
        }
        self.memory = memory
        self.data = data
        exif_data_set_byte_order(data, EXIFBlock.order)
    }

    deinit {
        exif_data_unref(data)
        exif_mem_unref(memory)
    }

    /// All that `stamp` knows, for a photo of this size in pixels.
    static func bytes(_ stamp: PhotoStamp, width: Int, height: Int) throws(EvidenceError) -> [UInt8] {
        let block = try EXIFBlock()
        try block.addCamera(stamp, width: width, height: height)
        try block.addTime(stamp)
        try block.addPosition(stamp)
        return try block.serialised()
    }

    private func addCamera(_ stamp: PhotoStamp, width: Int, height: Int) throws(EvidenceError) {
        try add(EXIF_TAG_MAKE, to: EXIF_IFD_0, text: "Curbside Patrol")
        try add(EXIF_TAG_MODEL, to: EXIF_IFD_0, text: "\(stamp.camera) camera")
        try add(EXIF_TAG_SOFTWARE, to: EXIF_IFD_0, text: "Curbside Patrol patrold")
        try add(EXIF_TAG_ORIENTATION, to: EXIF_IFD_0, short: 1)
        try add(EXIF_TAG_EXIF_VERSION, to: EXIF_IFD_EXIF, EXIF_FORMAT_UNDEFINED, Array("0231".utf8), components: 4)
        // The standard asks for these in every file: Y Cb Cr, FlashPix 1.0, no print size, samples centred.
        try add(
            EXIF_TAG_COMPONENTS_CONFIGURATION,
            to: EXIF_IFD_EXIF,
            EXIF_FORMAT_UNDEFINED,
            [1, 2, 3, 0],
            components: 4
        )
        try add(EXIF_TAG_FLASH_PIX_VERSION, to: EXIF_IFD_EXIF, EXIF_FORMAT_UNDEFINED, Array("0100".utf8), components: 4)
        try add(EXIF_TAG_X_RESOLUTION, to: EXIF_IFD_0, rationals: [ExifRational(numerator: 72, denominator: 1)])
        try add(EXIF_TAG_Y_RESOLUTION, to: EXIF_IFD_0, rationals: [ExifRational(numerator: 72, denominator: 1)])
        try add(EXIF_TAG_RESOLUTION_UNIT, to: EXIF_IFD_0, short: 2)
        try add(EXIF_TAG_YCBCR_POSITIONING, to: EXIF_IFD_0, short: 1)
        try add(EXIF_TAG_BODY_SERIAL_NUMBER, to: EXIF_IFD_EXIF, text: "\(stamp.vehicle)/\(stamp.camera)")
        let unique = stamp.read.description.filter { $0 != "-" }
        try add(EXIF_TAG_IMAGE_UNIQUE_ID, to: EXIF_IFD_EXIF, text: unique)
        try add(EXIF_TAG_COLOR_SPACE, to: EXIF_IFD_EXIF, short: 1)
        try add(EXIF_TAG_PIXEL_X_DIMENSION, to: EXIF_IFD_EXIF, long: UInt32(clamping: width))
        try add(EXIF_TAG_PIXEL_Y_DIMENSION, to: EXIF_IFD_EXIF, long: UInt32(clamping: height))
    }

    private func addTime(_ stamp: PhotoStamp) throws(EvidenceError) {
        let local = try CivilTime(stamp.time, zone: stamp.timeZone)
        let text = "\(local.exifDate) \(local.exifTime)"
        try add(EXIF_TAG_DATE_TIME, to: EXIF_IFD_0, text: text)
        try add(EXIF_TAG_DATE_TIME_ORIGINAL, to: EXIF_IFD_EXIF, text: text)
        try add(EXIF_TAG_SUB_SEC_TIME_ORIGINAL, to: EXIF_IFD_EXIF, text: local.exifMilliseconds)
        try add(EXIF_TAG_OFFSET_TIME, to: EXIF_IFD_EXIF, text: local.exifOffset)
        try add(EXIF_TAG_OFFSET_TIME_ORIGINAL, to: EXIF_IFD_EXIF, text: local.exifOffset)
    }

    private func addPosition(_ stamp: PhotoStamp) throws(EvidenceError) {
        guard let fix = stamp.fix else { return }
        let point = fix.point
        try add(gps: EXIF_TAG_GPS_VERSION_ID, EXIF_FORMAT_BYTE, [2, 3, 0, 0], components: 4)
        try add(gps: EXIF_TAG_GPS_MAP_DATUM, text: "WGS-84")
        try add(gps: EXIF_TAG_GPS_LATITUDE_REF, text: point.latitude < 0 ? "S" : "N")
        try add(gps: EXIF_TAG_GPS_LATITUDE, rationals: EXIFBlock.sexagesimal(point.latitude))
        try add(gps: EXIF_TAG_GPS_LONGITUDE_REF, text: point.longitude < 0 ? "W" : "E")
        try add(gps: EXIF_TAG_GPS_LONGITUDE, rationals: EXIFBlock.sexagesimal(point.longitude))
        try add(gps: EXIF_TAG_GPS_H_POSITIONING_ERROR, rationals: [EXIFBlock.rational(fix.errorMetres, over: 100)])
        let utc = try CivilTime(fix.time, zone: "UTC")
        try add(gps: EXIF_TAG_GPS_DATE_STAMP, text: utc.exifDate)
        let seconds = UInt32(clamping: utc.second * 1000 + utc.millisecond)
        try add(
            gps: EXIF_TAG_GPS_TIME_STAMP,
            rationals: [
                ExifRational(numerator: UInt32(clamping: utc.hour), denominator: 1),
                ExifRational(numerator: UInt32(clamping: utc.minute), denominator: 1),
                ExifRational(numerator: seconds, denominator: 1000),
            ]
        )
        if let speed = fix.speedMetresPerSecond {
            try add(gps: EXIF_TAG_GPS_SPEED_REF, text: "K")
            try add(gps: EXIF_TAG_GPS_SPEED, rationals: [EXIFBlock.rational(speed * 3.6, over: 100)])
        }
        if let heading = fix.headingDegrees {
            try add(gps: EXIF_TAG_GPS_TRACK_REF, text: "T")
            try add(gps: EXIF_TAG_GPS_TRACK, rationals: [EXIFBlock.rational(heading, over: 100)])
        }
        if let direction = stamp.imageDirectionDegrees {
            try add(gps: EXIF_TAG_GPS_IMG_DIRECTION_REF, text: "T")
            try add(gps: EXIF_TAG_GPS_IMG_DIRECTION, rationals: [EXIFBlock.rational(direction, over: 100)])
        }
    }

    private func serialised() throws(EvidenceError) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        var count: UInt32 = 0
        exif_data_save_data(data, &start, &count)
        guard let start, count > 0 else { throw EXIFBlock.outOfMemory }
        defer { exif_mem_free(memory, start) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// Degrees, minutes and seconds; the seconds in ten-thousandths, some 3 mm on the ground.
    private static func sexagesimal(_ degrees: Double) -> [ExifRational] {
        let total = Int((abs(degrees) * 3600 * 10_000).rounded())
        return [
            ExifRational(numerator: UInt32(total / 36_000_000), denominator: 1),
            ExifRational(numerator: UInt32(total / 600_000 % 60), denominator: 1),
            ExifRational(numerator: UInt32(total % 600_000), denominator: 10_000),
        ]
    }

    /// What is negative or no number becomes 0; what is too large, the largest that fits.
    private static func rational(_ value: Double, over denominator: UInt32) -> ExifRational {
        let scaled = (value * Double(denominator)).rounded()
        let numerator = scaled.isNaN || scaled < 0 ? 0 : scaled >= 4_294_967_295 ? UInt32.max : UInt32(scaled)
        return ExifRational(numerator: numerator, denominator: denominator)
    }

    private static var outOfMemory: EvidenceError {
        EvidenceError(
            .metadataFailed,
            "libexif could not build the photo's metadata: memory ran out; close other programs"
        )
    }
}

// One tag at a time, by the format that the standard gives it.
extension EXIFBlock {
    private func add(_ tag: ExifTag, to ifd: ExifIfd, text: String) throws(EvidenceError) {
        let bytes = Array(text.utf8.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }) + [0]
        try add(tag, to: ifd, EXIF_FORMAT_ASCII, bytes, components: bytes.count)
    }

    private func add(_ tag: ExifTag, to ifd: ExifIfd, short value: UInt16) throws(EvidenceError) {
        var bytes: [UInt8] = [0, 0]
        exif_set_short(&bytes, EXIFBlock.order, value)
        try add(tag, to: ifd, EXIF_FORMAT_SHORT, bytes, components: 1)
    }

    private func add(_ tag: ExifTag, to ifd: ExifIfd, long value: UInt32) throws(EvidenceError) {
        var bytes: [UInt8] = [0, 0, 0, 0]
        exif_set_long(&bytes, EXIFBlock.order, value)
        try add(tag, to: ifd, EXIF_FORMAT_LONG, bytes, components: 1)
    }

    private func add(gps tag: Int32, text: String) throws(EvidenceError) {
        try add(ExifTag(UInt32(tag)), to: EXIF_IFD_GPS, text: text)
    }

    private func add(gps tag: Int32, rationals: [ExifRational]) throws(EvidenceError) {
        try add(ExifTag(UInt32(tag)), to: EXIF_IFD_GPS, rationals: rationals)
    }

    private func add(_ tag: ExifTag, to ifd: ExifIfd, rationals: [ExifRational]) throws(EvidenceError) {
        var bytes: [UInt8] = []
        for value in rationals {
            var field = [UInt8](repeating: 0, count: 8)
            exif_set_rational(&field, EXIFBlock.order, value)
            bytes += field
        }
        try add(tag, to: ifd, EXIF_FORMAT_RATIONAL, bytes, components: rationals.count)
    }

    private func add(gps tag: Int32, _ format: ExifFormat, _ bytes: [UInt8], components: Int) throws(EvidenceError) {
        try add(ExifTag(UInt32(tag)), to: EXIF_IFD_GPS, format, bytes, components: components)
    }

    private func add(
        _ tag: ExifTag,
        to ifd: ExifIfd,
        _ format: ExifFormat,
        _ bytes: [UInt8],
        components: Int
    ) throws(EvidenceError) {
        guard let entry = exif_entry_new_mem(memory) else { throw EXIFBlock.outOfMemory }
        // The content below holds its own reference to the entry, the entry owns its bytes.
        defer { exif_entry_unref(entry) }
        guard let start = exif_mem_alloc(memory, UInt32(bytes.count)) else { throw EXIFBlock.outOfMemory }
        start.copyMemory(from: bytes, byteCount: bytes.count)
        entry.pointee.data = start.assumingMemoryBound(to: UInt8.self)
        entry.pointee.size = UInt32(bytes.count)
        entry.pointee.tag = tag
        entry.pointee.format = format
        entry.pointee.components = UInt(components)
        let folders = data.pointee.ifd
        let content =
            switch ifd {
            case EXIF_IFD_0: folders.0
            case EXIF_IFD_EXIF: folders.2
            default: folders.3
            }
        exif_content_add_entry(content, entry)
    }
}
