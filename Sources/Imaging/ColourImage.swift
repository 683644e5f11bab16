// The picture that people look at: evidence and annotated copies.

/// A colour picture: red, green, blue, one byte each, rows from the top, nothing between rows.
package struct ColourImage: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// `width * height * 3` bytes.
    package let pixels: [UInt8]

    /// - Throws: `ImagingError.Code.size` when a side is out of bounds or `pixels` has another length.
    package init(width: Int, height: Int, pixels: [UInt8]) throws(ImagingError) {
        try GreyImage.checkSize(width: width, height: height)
        guard pixels.count == width * height * 3 else {
            throw ImagingError(.size, "\(pixels.count) bytes are no colour picture of \(width) x \(height) pixels")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Fills the pixels in place; `fill` gets `width * height * 3` bytes and must set them all.
    package init(
        width: Int,
        height: Int,
        fill: (UnsafeMutablePointer<UInt8>) throws(ImagingError) -> Void
    ) throws(ImagingError) {
        try GreyImage.checkSize(width: width, height: height)
        self.width = width
        self.height = height
        self.pixels = try bytes(width * height * 3, fill: fill)
    }

    /// Each grey value three times.
    package init(_ grey: GreyImage) {
        width = grey.width
        height = grey.height
        pixels = [UInt8](unsafeUninitializedCapacity: grey.pixels.count * 3) { buffer, count in
            for (index, value) in grey.pixels.enumerated() {
                buffer[index * 3] = value
                buffer[index * 3 + 1] = value
                buffer[index * 3 + 2] = value
            }
            count = grey.pixels.count * 3
        }
    }

    /// Brightness by ITU-R BT.601, as JPEG stores it: (299 R + 587 G + 114 B) / 1000.
    package var grey: GreyImage {
        pixels.withUnsafeBufferPointer { source in
            GreyImage(trustedWidth: width, height: height) { target in
                for index in 0..<(width * height) {
                    let red = Int(source[index * 3])
                    let green = Int(source[index * 3 + 1])
                    let blue = Int(source[index * 3 + 2])
                    target[index] = UInt8((red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16)
                }
            }
        }
    }

    /// Copies a part; what of it lies outside the picture is left out.
    /// - Returns: nil when nothing of it lies inside.
    package func cropped(x: Int, y: Int, width cropWidth: Int, height cropHeight: Int) -> ColourImage? {
        let left = max(0, x)
        let top = max(0, y)
        let right = min(width, x + cropWidth)
        let bottom = min(height, y + cropHeight)
        guard left < right, top < bottom else { return nil }
        var part: [UInt8] = []
        part.reserveCapacity((right - left) * (bottom - top) * 3)
        for row in top..<bottom {
            part += pixels[((row * width + left) * 3)..<((row * width + right) * 3)]
        }
        return try? ColourImage(width: right - left, height: bottom - top, pixels: part)
    }
}
