// How a picture lies in its bytes, and how many bytes that takes.

/// Format, size and padding of pictures in memory.
package struct FrameLayout: Sendable, Hashable {
    package let format: CameraPixelFormat
    package let width: Int
    package let height: Int
    /// From the start of one row of the first plane to the next; at least the row itself. 0 for MJPG.
    package let bytesPerLine: Int
    /// From one row of the second plane to the next, where NV12's colours lie in a buffer of their own; else nil.
    package let colourBytesPerLine: Int?
    /// Brightness goes from 0 to 255; otherwise from 16 to 235, as video has it.
    package let isFullRange: Bool

    /// - Throws: `CameraError.Code.frame` when rows would overlap, or sides are not 1 to 16,384 pixels (even ones for
    ///   formats that share colours).
    package init(
        format: CameraPixelFormat,
        width: Int,
        height: Int,
        bytesPerLine: Int = 0,
        colourBytesPerLine: Int? = nil,
        isFullRange: Bool = false
    ) throws(CameraError) {
        guard (1...16_384).contains(width), (1...16_384).contains(height) else {
            throw CameraError(.frame, "\(width)x\(height) is no size of a picture: 1 to 16384 pixels a side")
        }
        let least =
            switch format {
            case .mjpeg: 0
            case .yuyv: width * 2
            case .nv12, .grey: width
            }
        let lines = format == .mjpeg ? 0 : (bytesPerLine == 0 ? least : bytesPerLine)
        guard lines >= least, lines <= 1 << 20, (colourBytesPerLine ?? width) >= width else {
            throw CameraError(.frame, "rows of \(bytesPerLine) bytes cannot hold \(width) pixels of \(format.rawValue)")
        }
        guard (format != .yuyv && format != .nv12) || width % 2 == 0, format != .nv12 || height % 2 == 0 else {
            throw CameraError(.frame, "\(format.rawValue) needs an even size, not \(width)x\(height)")
        }
        self.format = format
        self.width = width
        self.height = height
        self.bytesPerLine = lines
        self.colourBytesPerLine = colourBytesPerLine
        self.isFullRange = isFullRange
    }

    /// Bytes that a whole picture fills of a plane; the last row needs no padding. nil: any number (MJPG), or no plane.
    package func leastBytes(ofPlane plane: Int) -> Int? {
        switch (format, plane) {
        case (.mjpeg, _): nil
        case (.yuyv, 0): bytesPerLine * (height - 1) + width * 2
        case (.grey, 0): bytesPerLine * (height - 1) + width
        case (.nv12, 0):
            colourBytesPerLine == nil
                ? bytesPerLine * (height + height / 2 - 1) + width : bytesPerLine * (height - 1) + width
        case (.nv12, 1): colourBytesPerLine.map { $0 * (height / 2 - 1) + width }
        default: nil
        }
    }
}
