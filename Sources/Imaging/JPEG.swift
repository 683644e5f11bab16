// JPEG in and out through libjpeg-turbo: the format of nearly every camera and of the evidence photos.
internal import CTurboJPEG

package enum JPEG {
    /// A decoded picture, and whether some of its bytes were missing or wrong.
    package struct Decoded<Image: Sendable>: Sendable {
        package let image: Image
        /// The file was damaged but nearly all of the picture is there.
        package let damaged: Bool
    }

    /// Share of a picture's rows that may be missing at its end before it is refused.
    package static let mostMissing = 0.1

    /// SOI and the first byte of the next marker.
    fileprivate static let start: [UInt8] = [0xFF, 0xD8, 0xFF]

    /// Whether the bytes start as a JPEG file does (SOI and the next marker's first byte).
    package static func isJPEG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: start) }

    /// Width and height in pixels as the header says, checked against `GreyImage.checkSize`.
    /// - Throws: `ImagingError` (`format`, `size`).
    package static func size(_ bytes: [UInt8]) throws(ImagingError) -> (width: Int, height: Int) {
        let handle = try Handle(tjInitDecompress())
        return try borrowing(bytes) { raw throws(ImagingError) in try handle.size(raw) }
    }

    /// Brightness only; the colour planes are not even decoded.
    /// - Throws: `ImagingError` (`format`, `size`, `truncated`).
    package static func decodeGrey(_ bytes: [UInt8]) throws(ImagingError) -> Decoded<GreyImage> {
        try borrowing(bytes) { raw throws(ImagingError) in try decodeGrey(raw) }
    }

    /// Takes the bytes where they are, as in a camera's buffer.
    /// - Throws: `ImagingError` (`format`, `size`, `truncated`).
    package static func decodeGrey(_ bytes: UnsafeRawBufferPointer) throws(ImagingError) -> Decoded<GreyImage> {
        let handle = try Handle(tjInitDecompress())
        let size = try handle.size(bytes)
        var damaged = false
        let image = try GreyImage(width: size.width, height: size.height) { target throws(ImagingError) in
            damaged = try handle.decode(bytes, size, into: target, format: TJPF_GRAY, channels: 1)
        }
        return Decoded(image: image, damaged: damaged)
    }

    /// - Throws: `ImagingError` (`format`, `size`, `truncated`).
    package static func decodeColour(_ bytes: [UInt8]) throws(ImagingError) -> Decoded<ColourImage> {
        try borrowing(bytes) { raw throws(ImagingError) in try decodeColour(raw) }
    }

    /// Takes the bytes where they are, as in a camera's buffer.
    /// - Throws: `ImagingError` (`format`, `size`, `truncated`).
    package static func decodeColour(_ bytes: UnsafeRawBufferPointer) throws(ImagingError) -> Decoded<ColourImage> {
        let handle = try Handle(tjInitDecompress())
        let size = try handle.size(bytes)
        var damaged = false
        let image = try ColourImage(width: size.width, height: size.height) { target throws(ImagingError) in
            damaged = try handle.decode(bytes, size, into: target, format: TJPF_RGB, channels: 3)
        }
        return Decoded(image: image, damaged: damaged)
    }

    /// - Parameter quality: 1 to 100 (libjpeg's scale); 92 keeps the strokes of far plates.
    /// - Throws: `ImagingError` (`library`).
    package static func encode(_ image: ColourImage, quality: Int = 92) throws(ImagingError) -> [UInt8] {
        try Handle(tjInitCompress()).encode(
            image.pixels,
            width: image.width,
            height: image.height,
            format: TJPF_RGB,
            channels: 3,
            subsampling: TJSAMP_420,
            quality: quality
        )
    }

    /// - Parameter quality: 1 to 100 (libjpeg's scale).
    /// - Throws: `ImagingError` (`library`).
    package static func encode(_ image: GreyImage, quality: Int = 92) throws(ImagingError) -> [UInt8] {
        try Handle(tjInitCompress()).encode(
            image.pixels,
            width: image.width,
            height: image.height,
            format: TJPF_GRAY,
            channels: 1,
            subsampling: TJSAMP_GRAY,
            quality: quality
        )
    }

    /// A frame of Motion JPEG may leave out the Huffman tables (it then means those of Annex K of ITU-T T.81), and
    /// few viewers open it so. Returns the frame with the tables put in, or as it is when it has its own.
    package static func completed(_ frame: [UInt8]) throws(ImagingError) -> [UInt8] {
        let segments = segments(of: frame)
        guard !segments.contains(where: { $0.marker == huffmanTables }),
            let scan = segments.first(where: { $0.marker == startOfScan })
        else { return frame }
        // The encoder writes exactly the tables of Annex K; so a tiny picture of its own provides them.
        let sample = try encode(ColourImage(width: 16, height: 16, pixels: [UInt8](repeating: 128, count: 768)))
        let tables = JPEG.segments(of: sample).filter { $0.marker == huffmanTables }.flatMap { sample[$0.bytes] }
        return frame[..<scan.bytes.lowerBound] + tables + frame[scan.bytes.lowerBound...]
    }

    private static func borrowing<Output>(
        _ bytes: [UInt8],
        _ body: (UnsafeRawBufferPointer) throws(ImagingError) -> Output
    ) throws(ImagingError) -> Output {
        let outcome = bytes.withUnsafeBytes { raw -> Result<Output, ImagingError> in
            do throws(ImagingError) { return .success(try body(raw)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private static let huffmanTables: UInt8 = 0xC4
    private static let startOfScan: UInt8 = 0xDA

    /// The marker segments up to and with the first start of scan: marker, and its bytes from 0xFF on.
    private static func segments(of bytes: [UInt8]) -> [(marker: UInt8, bytes: Range<Int>)] {
        var found: [(marker: UInt8, bytes: Range<Int>)] = []
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            let end = position + 2 + Int(bytes[position + 2]) * 256 + Int(bytes[position + 3])
            guard end <= bytes.count else { break }
            found.append((marker, position..<end))
            if marker == startOfScan { break }
            position = end
        }
        return found
    }
}

/// A libjpeg-turbo handle: one a call, never shared.
private struct Handle: ~Copyable {
    private let handle: tjhandle

    init(_ handle: tjhandle?) throws(ImagingError) {
        guard let handle else {
            throw ImagingError(.library, "libjpeg-turbo could not be started: \(String(cString: tjGetErrorStr2(nil)))")
        }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    private var complaint: String { String(cString: tjGetErrorStr2(handle)) }

    borrowing func size(_ bytes: UnsafeRawBufferPointer) throws(ImagingError) -> (width: Int, height: Int) {
        guard bytes.starts(with: JPEG.start) else {
            throw ImagingError(.format, "no JPEG: it does not begin with the bytes FF D8 FF")
        }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colours: Int32 = 0
        guard
            tjDecompressHeader3(handle, pointer(bytes), UInt(bytes.count), &width, &height, &subsampling, &colours)
                == 0,
            width > 0, height > 0
        else { throw ImagingError(.format, "no JPEG that can be read: \(complaint)") }
        try GreyImage.checkSize(width: Int(width), height: Int(height))
        return (Int(width), Int(height))
    }

    private borrowing func pointer(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
        bytes.bindMemory(to: UInt8.self).baseAddress
    }

    /// - Returns: whether the decoder complained and yet nearly all is there.
    borrowing func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ size: (width: Int, height: Int),
        into target: UnsafeMutablePointer<UInt8>,
        format: TJPF,
        channels: Int
    ) throws(ImagingError) -> Bool {
        let result = tjDecompress2(
            handle,
            pointer(bytes),
            UInt(bytes.count),
            target,
            Int32(size.width),
            0,
            Int32(size.height),
            format.rawValue,
            TJFLAG_LIMITSCANS
        )
        guard result != 0 else { return false }
        guard tjGetErrorCode(handle) == Int32(bitPattern: TJERR_WARNING.rawValue) else {
            throw ImagingError(.format, "the JPEG cannot be decoded: \(complaint)")
        }
        // Blocks that never came stay at the middle grey (128) that the decoder begins with.
        let row = size.width * channels
        var end = row * size.height
        while end > 0, target[end - 1] == 128 { end -= 1 }
        let missing = Double(size.height - (end + row - 1) / row) / Double(size.height)
        guard missing <= JPEG.mostMissing else {
            let percent = Int((missing * 100).rounded())
            throw ImagingError(
                .truncated,
                "the JPEG is cut off: the lower \(percent) % of it is missing; copy it again"
            )
        }
        return true
    }

    borrowing func encode(
        _ pixels: [UInt8],
        width: Int,
        height: Int,
        format: TJPF,
        channels: Int,
        subsampling: TJSAMP,
        quality: Int
    ) throws(ImagingError) -> [UInt8] {
        var target: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        defer { tjFree(target) }
        let result = tjCompress2(
            handle,
            pixels,
            Int32(width),
            Int32(width * channels),
            Int32(height),
            format.rawValue,
            &target,
            &size,
            Int32(bitPattern: subsampling.rawValue),
            Int32(min(max(quality, 1), 100)),
            0
        )
        guard result == 0, let target else {
            throw ImagingError(.library, "libjpeg-turbo could not encode \(width) x \(height) pixels: \(complaint)")
        }
        return [UInt8](UnsafeBufferPointer(start: target, count: Int(size)))
    }
}
