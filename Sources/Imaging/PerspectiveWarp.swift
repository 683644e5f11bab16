// From a plate's four corners to an upright picture of it.

/// A projective map of the plane: the unit square onto a quadrilateral.
package struct Homography: Sendable {
    // Row by row; the last is 1. (x, y) = (a u + b v + c, d u + e v + f) / (g u + h v + 1).
    let a, b, c, d, e, f, g, h: Double

    /// Maps (0,0), (1,0), (1,1), (0,1) to the four corners, given in that order (Heckbert 1989, section 2.2.3).
    /// - Returns: nil when the corners do not span an area.
    package init?(unitSquareTo corners: [(x: Double, y: Double)]) {
        guard corners.count == 4, corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        let (p0, p1, p2, p3) = (corners[0], corners[1], corners[2], corners[3])
        let sumX = p0.x - p1.x + p2.x - p3.x
        let sumY = p0.y - p1.y + p2.y - p3.y
        let (dx1, dx2) = (p1.x - p2.x, p3.x - p2.x)
        let (dy1, dy2) = (p1.y - p2.y, p3.y - p2.y)
        let determinant = dx1 * dy2 - dx2 * dy1
        guard abs(determinant) > 1e-9 else { return nil }
        g = (sumX * dy2 - dx2 * sumY) / determinant
        h = (dx1 * sumY - sumX * dy1) / determinant
        a = p1.x - p0.x + g * p1.x
        b = p3.x - p0.x + h * p3.x
        c = p0.x
        d = p1.y - p0.y + g * p1.y
        e = p3.y - p0.y + h * p3.y
        f = p0.y
    }

    /// - Returns: nil where the plane's horizon lies.
    package func callAsFunction(_ u: Double, _ v: Double) -> (x: Double, y: Double)? {
        let w = g * u + h * v + 1
        guard w > 1e-6 else { return nil }
        return ((a * u + b * v + c) / w, (d * u + e * v + f) / w)
    }
}

extension Mipmap {
    /// The quadrilateral seen from the front, stretched to `width` x `height`.
    ///
    /// Where it is larger than the output, each output pixel is the mean of a grid of bilinear samples, one for about
    /// every source pixel: area averaging. Beyond the picture its edge pixels are repeated.
    /// - Parameters:
    ///   - corners: top left, top right, bottom right, bottom left, in pixels of the full picture.
    ///   - target: `width * height` values, set to 0...255.
    /// - Returns: false, with nothing set, when the corners do not span an area.
    package func rectify(
        _ corners: [(x: Double, y: Double)],
        width: Int,
        height: Int,
        into target: UnsafeMutablePointer<Float>
    ) -> Bool {
        guard let homography = Homography(unitSquareTo: corners) else { return false }
        func length(_ first: Int, _ second: Int) -> Double {
            let (dx, dy) = (corners[first].x - corners[second].x, corners[first].y - corners[second].y)
            return (dx * dx + dy * dy).squareRoot()
        }
        let across = max(length(0, 1), length(3, 2), 1) / Double(width)
        let down = max(length(0, 3), length(1, 2), 1) / Double(height)
        // Two to four samples each way are as good as more once the source has been averaged down to match.
        let source = levels[level(pixelsPerPixel: 2 / max(across, down))]
        let scaleX = Double(source.width) / Double(image.width)
        let scaleY = Double(source.height) / Double(image.height)
        let grid = Grid(
            width: width,
            height: height,
            samplesX: max(1, Int((across * scaleX).rounded(.up))),
            samplesY: max(1, Int((down * scaleY).rounded(.up))),
            scaleX: scaleX,
            scaleY: scaleY
        )
        Mipmap.warp(source, homography, grid, into: target)
        return true
    }

    /// Output pixels, samples within each, and the source's scale against the full picture.
    private struct Grid {
        let width: Int
        let height: Int
        let samplesX: Int
        let samplesY: Int
        let scaleX: Double
        let scaleY: Double
    }

    private static func warp(
        _ source: GreyImage,
        _ map: Homography,
        _ grid: Grid,
        into target: UnsafeMutablePointer<Float>
    ) {
        let stepU = 1 / Double(grid.width * grid.samplesX)
        let stepV = 1 / Double(grid.height * grid.samplesY)
        let share = 1 / Float(grid.samplesX * grid.samplesY)
        target.update(repeating: 0, count: grid.width * grid.height)
        source.pixels.withUnsafeBufferPointer { pixels in
            for fineRow in 0..<(grid.height * grid.samplesY) {
                let v = (Double(fineRow) + 0.5) * stepV
                let output = target + (fineRow / grid.samplesY) * grid.width
                // Along a row numerators and denominator are linear in u.
                let (startX, startY, startW) = (map.b * v + map.c, map.e * v + map.f, map.h * v + 1)
                var column = 0
                for pixel in 0..<grid.width {
                    var sum: Float = 0
                    for _ in 0..<grid.samplesX {
                        let u = (Double(column) + 0.5) * stepU
                        let w = 1 / max(map.g * u + startW, 1e-6)
                        sum += bilinear(
                            pixels,
                            source.width,
                            source.height,
                            (map.a * u + startX) * w * grid.scaleX - 0.5,
                            (map.d * u + startY) * w * grid.scaleY - 0.5
                        )
                        column += 1
                    }
                    output[pixel] += sum * share
                }
            }
        }
    }

    @inline(__always)
    private static func bilinear(
        _ pixels: UnsafeBufferPointer<UInt8>,
        _ width: Int,
        _ height: Int,
        _ x: Double,
        _ y: Double
    ) -> Float {
        let x = min(max(x, 0), Double(width - 1))
        let y = min(max(y, 0), Double(height - 1))
        let column = Int(x)
        let row = Int(y)
        let nextColumn = min(column + 1, width - 1)
        let nextRow = min(row + 1, height - 1)
        let fx = Float(x - Double(column))
        let fy = Float(y - Double(row))
        let upperLeft = Float(pixels[row * width + column])
        let lowerLeft = Float(pixels[nextRow * width + column])
        let upper = upperLeft + (Float(pixels[row * width + nextColumn]) - upperLeft) * fx
        let lower = lowerLeft + (Float(pixels[nextRow * width + nextColumn]) - lowerLeft) * fx
        return upper + (lower - upper) * fy
    }
}
