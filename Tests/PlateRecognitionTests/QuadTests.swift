// Geometry of outlines: overlap, enlargement, and what is dropped as a double.
import ParkingCore
import Testing

@testable import PlateRecognition

private func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> Quad {
    Quad([
        PixelPoint(x: x, y: y), PixelPoint(x: x + width, y: y), PixelPoint(x: x + width, y: y + height),
        PixelPoint(x: x, y: y + height),
    ])
}

@Suite struct QuadTests {
    @Test func `overlap of rectangles is that of school`() {
        let overlap = rectangle(0, 0, 10, 10).overlap(rectangle(5, 0, 10, 10))
        #expect(abs(overlap.union - 50.0 / 150) < 1e-9 && abs(overlap.smaller - 0.5) < 1e-9)
        let inside = rectangle(0, 0, 10, 10).overlap(rectangle(2, 2, 4, 4))
        #expect(abs(inside.smaller - 1) < 1e-9 && abs(inside.union - 0.16) < 1e-9)
        #expect(rectangle(0, 0, 1, 1).overlap(rectangle(5, 5, 1, 1)).union == 0)
    }

    @Test func `overlap of a diamond and a square`() {
        let diamond = Quad([
            PixelPoint(x: 5, y: 0), PixelPoint(x: 10, y: 5), PixelPoint(x: 5, y: 10), PixelPoint(x: 0, y: 5),
        ])
        let overlap = diamond.overlap(rectangle(0, 0, 5, 5))
        #expect(abs(overlap.smaller - 0.5) < 1e-9)
        // The direction in which corners are listed does not matter.
        #expect(abs(rectangle(0, 0, 5, 5).overlap(Quad(diamond.corners.reversed())).smaller - 0.5) < 1e-9)
    }

    @Test func `a margin moves each side out by its share`() {
        let larger = rectangle(10, 10, 100, 50).enlarged(byWidth: 0.1, height: 0.2)
        #expect(larger.box(within: 1000, 1000) == PixelBox(x: 0, y: 0, width: 120, height: 70))
        #expect(larger.box(within: 50, 1000).width == 50)
    }

    @Test func `the better of two outlines of one plate stays, and neighbours stay both`() {
        let found = [
            Detection(score: 0.7, quad: rectangle(2, 1, 100, 50)),
            Detection(score: 0.9, quad: rectangle(0, 0, 100, 50)),
            Detection(score: 0.6, quad: rectangle(105, 0, 100, 50)),
            Detection(score: 0.5, quad: rectangle(10, 10, 30, 15)),
        ]
        #expect(PlateDetector.suppressed(found).map(\.score) == [0.9, 0.6])
    }
}
