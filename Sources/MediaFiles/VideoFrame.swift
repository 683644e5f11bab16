// A decoded frame of libav: its brightness now, its colours when somebody asks for them.
internal import CLibAV
internal import Imaging

/// Owns an `AVFrame`.
///
/// `@unchecked Sendable`: after decoding the frame is only ever read, and it is freed with its last reference.
final class VideoFrame: @unchecked Sendable {
    private let frame: UnsafeMutablePointer<AVFrame>
    private let path: String

    init(_ frame: UnsafeMutablePointer<AVFrame>, path: String) {
        self.frame = frame
        self.path = path
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
    }

    private var format: AVPixelFormat { AVPixelFormat(frame.pointee.format) }

    /// Formats whose first plane is brightness with one byte a pixel.
    private static let planar: Set<Int32> = Set(
        [
            AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUV444P,
            AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUV440P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_NV12, AV_PIX_FMT_NV21,
            AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUVA420P,
        ].map(\.rawValue)
    )

    private static let fullRange: Set<Int32> = Set(
        [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_GRAY8]
            .map(\.rawValue)
    )

    /// Brightness 0...255; video range (16...235) is stretched.
    /// - Throws: `ImagingError` (`size`), `MediaError` (`library`).
    func grey() throws -> GreyImage {
        let width = Int(frame.pointee.width)
        let height = Int(frame.pointee.height)
        try GreyImage.checkSize(width: width, height: height)
        guard VideoFrame.planar.contains(format.rawValue), let plane = frame.pointee.data.0 else {
            // What carries red, green and blue gets the same weights as a JPEG would.
            return try colour().grey
        }
        let rowLength = Int(frame.pointee.linesize.0)
        let full = VideoFrame.fullRange.contains(format.rawValue) || frame.pointee.color_range == AVCOL_RANGE_JPEG
        let table = (0...255).map { value in
            full ? UInt8(value) : UInt8(min(max((Double(value) - 16) * 255 / 219 + 0.5, 0), 255))
        }
        return try GreyImage(width: width, height: height) { target throws(ImagingError) in
            for row in 0..<height {
                let source = plane + row * rowLength
                let output = target + row * width
                if full {
                    output.update(from: source, count: width)
                } else {
                    table.withUnsafeBufferPointer { table in
                        for column in 0..<width { output[column] = table[Int(source[column])] }
                    }
                }
            }
        }
    }

    /// - Throws: `ImagingError` (`size`), `MediaError` (`library`).
    func colour() throws -> ColourImage {
        let width = frame.pointee.width
        let height = frame.pointee.height
        guard
            let context = sws_getContext(
                width,
                height,
                format,
                width,
                height,
                AV_PIX_FMT_RGB24,
                SWS_BILINEAR | SWS_ACCURATE_RND,
                nil,
                nil,
                nil
            )
        else {
            let name = av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
            throw MediaError(.library, path, "its pixels (\(name)) cannot be converted to colours")
        }
        defer { sws_freeContext(context) }
        setRange(context)
        return try ColourImage(width: Int(width), height: Int(height)) { target throws(ImagingError) in
            var planes: [UnsafeMutablePointer<UInt8>?] = [target, nil, nil, nil]
            let rowLengths: [Int32] = [width * 3, 0, 0, 0]
            let rows = withUnsafePointer(to: &frame.pointee.data) { data in
                data.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 8) { data in
                    withUnsafePointer(to: &frame.pointee.linesize) { lengths in
                        lengths.withMemoryRebound(to: Int32.self, capacity: 8) { lengths in
                            sws_scale(context, data, lengths, 0, height, &planes, rowLengths)
                        }
                    }
                }
            }
            guard rows == height else { throw ImagingError(.library, "libswscale converted \(rows) of \(height) rows") }
        }
    }

    /// Tells the converter that the frame's values span 0...255 where it cannot know from the format.
    private func setRange(_ context: OpaquePointer) {
        guard frame.pointee.color_range == AVCOL_RANGE_JPEG else { return }
        let coefficients = sws_getCoefficients(SWS_CS_ITU601)
        sws_setColorspaceDetails(context, coefficients, 1, coefficients, 1, 0, 1 << 16, 1 << 16)
    }
}
