// How sharp a part of a picture is: chooses the frame that is kept as evidence.

package enum Sharpness {
    /// Energy of neighbouring differences over the variance: 0 (flat or fully blurred) to about 2 (each pixel unlike
    /// its neighbours). Contrast and brightness cancel out; compare parts of the same size only.
    /// - Parameter values: `width * height` grey values, row by row.
    package static func measure(_ values: UnsafePointer<Float>, width: Int, height: Int) -> Double {
        guard width > 1, height > 1 else { return 0 }
        var sum = 0.0
        var squares = 0.0
        var differences = 0.0
        for y in 0..<(height - 1) {
            for x in 0..<(width - 1) {
                let value = Double(values[y * width + x])
                let across = Double(values[y * width + x + 1]) - value
                let down = Double(values[(y + 1) * width + x]) - value
                sum += value
                squares += value * value
                differences += across * across + down * down
            }
        }
        let count = Double((width - 1) * (height - 1))
        let variance = squares / count - (sum / count) * (sum / count)
        // Below a standard deviation of two grey values there is only noise.
        return variance < 4 ? 0 : differences / count / 2 / variance
    }

    /// The same for an upright part of a picture at its own resolution; 0 when it lies outside.
    package static func measure(_ image: GreyImage, x: Int, y: Int, width: Int, height: Int) -> Double {
        guard let part = image.cropped(x: x, y: y, width: width, height: height) else { return 0 }
        return part.pixels.map(Float.init).withUnsafeBufferPointer { values in
            values.baseAddress.map { measure($0, width: part.width, height: part.height) } ?? 0
        }
    }
}
