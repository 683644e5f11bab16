// From a camera's picture to what recognition and evidence take. Bytes come from outside: whatever does not fit its
// description is an error, never a read beyond the end.
package import Imaging

package enum FrameDecoder {
    /// JPEGs of cameras may be this much larger than agreed: they come in blocks of 8 or 16 pixels.
    private static let jpegExcess = 16

    /// Brightness, from 0 to 255.
    /// - Throws: `CameraError.Code.frame`: cut, damaged, or of another size than its description says.
    package static func grey(_ frame: CapturedFrame) throws(CameraError) -> GreyImage {
        try withPlanes(of: frame) { planes throws(CameraError) in
            try grey(planes, frame.layout)
        }
    }

    /// Red, green and blue (ITU-R BT.601).
    /// - Throws: as `grey`.
    package static func colour(_ frame: CapturedFrame) throws(CameraError) -> ColourImage {
        try withPlanes(of: frame) { planes throws(CameraError) in
            try colour(planes, frame.layout)
        }
    }

    /// A JPEG file of the picture: the camera's own bytes where it gives JPEG (with the Huffman tables that it may leave
    /// out), else made from the colours.
    /// - Throws: as `grey`.
    package static func jpeg(_ frame: CapturedFrame, quality: Int = 92) throws(CameraError) -> [UInt8] {
        try withPlanes(of: frame) { planes throws(CameraError) in
            guard frame.format == .mjpeg else {
                if frame.format == .grey {
                    let image = try grey(planes, frame.layout)
                    return try naming(frame.layout) { () throws(ImagingError) in
                        try JPEG.encode(image, quality: quality)
                    }
                }
                let image = try colour(planes, frame.layout)
                return try naming(frame.layout) { () throws(ImagingError) in
                    try JPEG.encode(image, quality: quality)
                }
            }
            if let fault = JPEGFrame.fault(of: planes[0]) { throw CameraError(.frame, fault) }
            let bytes = [UInt8](planes[0])
            return try naming(frame.layout) { () throws(ImagingError) in try JPEG.completed(bytes) }
        }
    }

    static func grey(_ planes: [UnsafeRawBufferPointer], _ layout: FrameLayout) throws(CameraError) -> GreyImage {
        try check(planes, layout)
        if layout.format == .mjpeg {
            if let fault = JPEGFrame.fault(of: planes[0]) { throw CameraError(.frame, fault) }
            let decoded = try naming(layout) { () throws(ImagingError) in try JPEG.decodeGrey(planes[0]) }
            try checkSize(decoded.image.width, decoded.image.height, layout)
            return decoded.image
        }
        let step = layout.format == .yuyv ? 2 : 1
        let table = brightnessTable(isFullRange: layout.isFullRange)
        return try naming(layout) { () throws(ImagingError) in
            try GreyImage(width: layout.width, height: layout.height) { target throws(ImagingError) in
                for row in 0..<layout.height {
                    var source = row * layout.bytesPerLine
                    let line = target + row * layout.width
                    for column in 0..<layout.width {
                        line[column] = table[Int(planes[0][source])]
                        source += step
                    }
                }
            }
        }
    }

    static func colour(_ planes: [UnsafeRawBufferPointer], _ layout: FrameLayout) throws(CameraError) -> ColourImage {
        try check(planes, layout)
        switch layout.format {
        case .mjpeg:
            if let fault = JPEGFrame.fault(of: planes[0]) { throw CameraError(.frame, fault) }
            let decoded = try naming(layout) { () throws(ImagingError) in try JPEG.decodeColour(planes[0]) }
            try checkSize(decoded.image.width, decoded.image.height, layout)
            return decoded.image
        case .grey:
            return ColourImage(try grey(planes, layout))
        case .yuyv:
            return try colour(layout) { row, pair in
                let place = row * layout.bytesPerLine + pair * 4
                return (
                    planes[0][place], planes[0][place + 2], blue: planes[0][place + 1], red: planes[0][place + 3]
                )
            }
        case .nv12:
            let isApart = planes.count > 1
            let colours = planes[isApart ? 1 : 0]
            let start = isApart ? 0 : layout.bytesPerLine * layout.height
            let colourLine = layout.colourBytesPerLine ?? layout.bytesPerLine
            return try colour(layout) { row, pair in
                let place = row * layout.bytesPerLine + pair * 2
                let colour = start + row / 2 * colourLine + pair * 2
                return (planes[0][place], planes[0][place + 1], blue: colours[colour], red: colours[colour + 1])
            }
        }
    }

    /// - Parameter sample: for a row and a pair of neighbouring pixels: their brightnesses, and the colour they share.
    private static func colour(
        _ layout: FrameLayout,
        sample: (Int, Int) -> (UInt8, UInt8, blue: UInt8, red: UInt8)
    ) throws(CameraError) -> ColourImage {
        let table = brightnessTable(isFullRange: layout.isFullRange)
        // Colour differences go from 16 to 240 in video: 255 / 224 of the full range, here in 16 bits after the point.
        let scale = layout.isFullRange ? 1.0 : 255.0 / 224.0
        func fixed(_ factor: Double) -> Int { Int((factor * scale * 65_536).rounded()) }
        let (redOfRed, greenOfBlue, greenOfRed, blueOfBlue) = (
            fixed(1.402), fixed(0.344_136), fixed(0.714_136), fixed(1.772)
        )
        return try naming(layout) { () throws(ImagingError) in
            try ColourImage(width: layout.width, height: layout.height) { target throws(ImagingError) in
                for row in 0..<layout.height {
                    for pair in 0..<(layout.width / 2) {
                        let values = sample(row, pair)
                        let blue = Int(values.blue) - 128
                        let red = Int(values.red) - 128
                        let place = target + (row * layout.width + pair * 2) * 3
                        func set(_ offset: Int, _ brightness: UInt8) {
                            let level = Int(table[Int(brightness)]) << 16 + 32_768
                            place[offset] = clamp((level + redOfRed * red) >> 16)
                            place[offset + 1] = clamp((level - greenOfBlue * blue - greenOfRed * red) >> 16)
                            place[offset + 2] = clamp((level + blueOfBlue * blue) >> 16)
                        }
                        set(0, values.0)
                        set(3, values.1)
                    }
                }
            }
        }
    }

    private static func clamp(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: min(max(value, 0), 255)) }

    private static func brightnessTable(isFullRange: Bool) -> [UInt8] {
        (0..<256).map { value in
            isFullRange ? UInt8(value) : clamp(((value - 16) * 255 + 109) / 219)
        }
    }

    private static func check(_ planes: [UnsafeRawBufferPointer], _ layout: FrameLayout) throws(CameraError) {
        guard let first = planes.first, !first.isEmpty else {
            throw CameraError(.frame, "the picture has no bytes (or was given back already)")
        }
        for plane in 0..<2 {
            guard let least = layout.leastBytes(ofPlane: plane) else { continue }
            let count = plane < planes.count ? planes[plane].count : 0
            guard count >= least else { throw CameraError(.frame, "the picture is cut: \(count) bytes of \(least)") }
        }
    }

    private static func checkSize(_ width: Int, _ height: Int, _ layout: FrameLayout) throws(CameraError) {
        guard (layout.width...layout.width + jpegExcess).contains(width),
            (layout.height...layout.height + jpegExcess).contains(height)
        else {
            throw CameraError(
                .frame,
                "the picture is \(width)x\(height), where \(layout.width)x\(layout.height) was agreed"
            )
        }
    }

    private static func naming<Result>(
        _ layout: FrameLayout,
        _ body: () throws(ImagingError) -> Result
    ) throws(CameraError) -> Result {
        do throws(ImagingError) { return try body() } catch {
            throw CameraError(.frame, "a \(layout.format.rawValue) picture cannot be used: \(error.message)")
        }
    }

    private static func withPlanes<Output>(
        of frame: CapturedFrame,
        _ body: ([UnsafeRawBufferPointer]) throws(CameraError) -> Output
    ) throws(CameraError) -> Output {
        let outcome = frame.withPlanes { planes -> Result<Output, CameraError> in
            do throws(CameraError) { return .success(try body(planes)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}
