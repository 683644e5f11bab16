// The picture that detection and reading work on: brightness only, which is all that they were trained with.

/// A grey picture: one byte a pixel (0 black, 255 white), rows from the top, nothing between rows.
package struct GreyImage: Hashable, Sendable {
    /// Largest side in pixels; with `mostPixels` it bounds what a hostile header can make us allocate.
    package static let longestSide = 16_384
    /// 8192 x 8192: twice the pixels of an 8K frame.
    package static let mostPixels = 67_108_864

    package let width: Int
    package let height: Int
    /// `width * height` bytes.
    package let pixels: [UInt8]

    /// - Throws: `ImagingError.Code.size` when a side is out of bounds or `pixels` is not `width * height` long.
    package init(width: Int, height: Int, pixels: [UInt8]) throws(ImagingError) {
        try GreyImage.checkSize(width: width, height: height)
        guard pixels.count == width * height else {
            throw ImagingError(.size, "\(pixels.count) bytes are no grey picture of \(width) x \(height) pixels")
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Fills the pixels in place; `fill` gets `width * height` bytes and must set them all.
    package init(
        width: Int,
        height: Int,
        fill: (UnsafeMutablePointer<UInt8>) throws(ImagingError) -> Void
    ) throws(ImagingError) {
        try GreyImage.checkSize(width: width, height: height)
        self.width = width
        self.height = height
        self.pixels = try bytes(width * height, fill: fill)
    }

    /// For sizes that come from a picture that exists: the caller knows that they are in bounds.
    init(trustedWidth width: Int, height: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.width = width
        self.height = height
        self.pixels = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            if let base = buffer.baseAddress { fill(base) }
            count = width * height
        }
    }

    /// - Throws: `ImagingError.Code.size` unless 1 to 16,384 pixels a side and 67 million in all.
    package static func checkSize(width: Int, height: Int) throws(ImagingError) {
        guard width > 0, height > 0, width <= longestSide, height <= longestSide, width * height <= mostPixels else {
            throw ImagingError(
                .size,
                "\(width) x \(height) pixels cannot be handled: give 1 to \(longestSide) pixels a side, "
                    + "\(mostPixels / 1_000_000) million in all"
            )
        }
    }

    /// Copies a part; what of it lies outside the picture is left out.
    /// - Returns: nil when nothing of it lies inside.
    package func cropped(x: Int, y: Int, width cropWidth: Int, height cropHeight: Int) -> GreyImage? {
        let left = max(0, x)
        let top = max(0, y)
        let right = min(width, x + cropWidth)
        let bottom = min(height, y + cropHeight)
        guard left < right, top < bottom else { return nil }
        return pixels.withUnsafeBufferPointer { source in
            GreyImage(trustedWidth: right - left, height: bottom - top) { target in
                guard let base = source.baseAddress else { return }
                for row in top..<bottom {
                    target.advanced(by: (row - top) * (right - left))
                        .update(from: base + row * width + left, count: right - left)
                }
            }
        }
    }
}

/// An array of `count` bytes that `fill` sets in place.
func bytes(
    _ count: Int,
    fill: (UnsafeMutablePointer<UInt8>) throws(ImagingError) -> Void
) throws(ImagingError) -> [UInt8] {
    var failure: ImagingError?
    let array = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let base = buffer.baseAddress else { return }
        base.initialize(repeating: 0, count: count)
        initialized = count
        do throws(ImagingError) { try fill(base) } catch { failure = error }
    }
    if let failure { throw failure }
    return array
}
