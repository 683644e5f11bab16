// A photo on a terminal: dots of Braille letters, two across and four down a cell, or ASCII signs of growing weight.
internal import Imaging

enum Picture {
    /// Largest side of what is kept of a photo: more dots than the widest terminal shows.
    static let mostPixels = 480

    /// A JPEG file as a small grey picture; nil: it is none, or damaged.
    static func small(_ jpeg: [UInt8]) -> GreyImage? {
        guard let image = try? JPEG.decodeGrey(jpeg).image else { return nil }
        let longest = max(image.width, image.height)
        guard longest > mostPixels else { return image }
        return image.scaledDown(
            width: max(1, image.width * mostPixels / longest),
            height: max(1, image.height * mostPixels / longest)
        )
    }

    /// Rows of text of at most `columns` by `rows` cells, the picture's shape kept (a cell is twice as high as wide).
    static func lines(_ image: GreyImage, columns: Int, rows: Int, asciiOnly: Bool) -> [String] {
        guard columns > 0, rows > 0 else { return [] }
        let (across, down) = asciiOnly ? (1, 1) : (2, 4)
        // Width of a dot over its height: Braille's are square, a whole cell is 1 to 2.
        let dotShape = asciiOnly ? 0.5 : 1.0
        let scale = min(
            Double(columns * across) * dotShape / Double(image.width),
            Double(rows * down) / Double(image.height)
        )
        let width = max(1, min(columns * across, Int((Double(image.width) * scale / dotShape).rounded())))
        let height = max(1, min(rows * down, Int((Double(image.height) * scale).rounded())))
        let grey = stretched(sampled(image, width: width, height: height))
        return asciiOnly ? shaded(grey, width: width) : dotted(grey, width: width, height: height)
    }

    /// Mean brightness of the pixels that each dot covers; where dots are finer than pixels, the nearest pixel's.
    private static func sampled(_ image: GreyImage, width: Int, height: Int) -> [Double] {
        func span(_ index: Int, of count: Int, over length: Int) -> Range<Int> {
            let first = index * length / count
            return first..<max(first + 1, (index + 1) * length / count)
        }
        return (0..<height).flatMap { y in
            (0..<width).map { x in
                let columns = span(x, of: width, over: image.width)
                let rows = span(y, of: height, over: image.height)
                var sum = 0
                for row in rows { for column in columns { sum += Int(image.pixels[row * image.width + column]) } }
                return Double(sum) / Double(columns.count * rows.count)
            }
        }
    }

    /// From the darkest twentieth to the brightest: 0 to 1.
    private static func stretched(_ grey: [Double]) -> [Double] {
        let sorted = grey.sorted()
        let low = sorted[sorted.count / 20]
        let high = sorted[sorted.count - 1 - sorted.count / 20]
        guard high - low >= 4 else { return grey.map { $0 / 255 } }
        return grey.map { min(1, max(0, ($0 - low) / (high - low))) }
    }

    /// Each dot is on or off; what that is off is spread over its neighbours (Floyd and Steinberg 1976).
    private static func dotted(_ grey: [Double], width: Int, height: Int) -> [String] {
        var rest = grey
        var cells = [UInt32](repeating: 0, count: ((width + 1) / 2) * ((height + 3) / 4))
        let stride = (width + 1) / 2
        // Bits of a Braille letter (Unicode 2800), by column and row of its dots.
        let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        for y in 0..<height {
            for x in 0..<width {
                let value = rest[y * width + x]
                let isOn = value >= 0.5
                if isOn { cells[(y / 4) * stride + x / 2] |= bits[x % 2][y % 4] }
                let error = value - (isOn ? 1 : 0)
                if x + 1 < width { rest[y * width + x + 1] += error * 7 / 16 }
                guard y + 1 < height else { continue }
                if x > 0 { rest[(y + 1) * width + x - 1] += error * 3 / 16 }
                rest[(y + 1) * width + x] += error * 5 / 16
                if x + 1 < width { rest[(y + 1) * width + x + 1] += error / 16 }
            }
        }
        return Swift.stride(from: 0, to: cells.count, by: stride).map { start in
            String(String.UnicodeScalarView(cells[start..<start + stride].compactMap { Unicode.Scalar(0x2800 + $0) }))
        }
    }

    private static func shaded(_ grey: [Double], width: Int) -> [String] {
        let weights = Array(" .:-=+*#%@")
        return Swift.stride(from: 0, to: grey.count, by: width).map { start in
            String(grey[start..<start + width].map { weights[min(weights.count - 1, Int($0 * Double(weights.count)))] })
        }
    }
}
