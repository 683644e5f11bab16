// The detector's answer: one heat and one outline for each cell of a grid.
internal import ParkingCore

/// Heat and corner offsets of some views, where the engine wrote them.
struct HeatMap {
    private let heat: UnsafeBufferPointer<Float>
    private let corners: UnsafeBufferPointer<Float>
    private let rows: Int
    private let columns: Int
    private let stride: Double

    /// - Parameters:
    ///   - heat: `[views, rows, columns]`, 0 to 1.
    ///   - corners: `[views, 8, rows, columns]`, x and y of four corners from the cell's centre in pixels of the view.
    ///   - stride: pixels of the view for one cell.
    init(
        _ heat: UnsafeBufferPointer<Float>,
        _ corners: UnsafeBufferPointer<Float>,
        _ rows: Int,
        _ columns: Int,
        stride: Int
    ) {
        self.heat = heat
        self.corners = corners
        self.rows = rows
        self.columns = columns
        self.stride = Double(stride)
    }

    /// Cells at or above the threshold that no neighbour exceeds, with their outlines in pixels of the view.
    /// - Parameter widths: outlines of other widths are left out.
    func peaks(of view: Int, threshold: Double, widths: ClosedRange<Double>) -> [Detection] {
        let floor = Float(threshold)
        let base = view * rows * columns
        var found: [Detection] = []
        for cell in 0..<(rows * columns) where heat[base + cell] >= floor {
            let (row, column) = (cell / columns, cell % columns)
            guard isHighest(base, row, column) else { continue }
            let quad = self.quad(view, row, column)
            if widths.contains(quad.width) {
                found.append(Detection(score: Double(heat[base + cell]), quad: quad))
            }
        }
        return found
    }

    private func isHighest(_ base: Int, _ row: Int, _ column: Int) -> Bool {
        let value = heat[base + row * columns + column]
        for y in max(0, row - 1)...min(rows - 1, row + 1) {
            for x in max(0, column - 1)...min(columns - 1, column + 1) where heat[base + y * columns + x] > value {
                return false
            }
        }
        return true
    }

    private func quad(_ view: Int, _ row: Int, _ column: Int) -> Quad {
        let plane = rows * columns
        let first = view * 8 * plane + row * columns + column
        let (centreX, centreY) = ((Double(column) + 0.5) * stride, (Double(row) + 0.5) * stride)
        return Quad(
            (0..<4).map { corner in
                PixelPoint(
                    x: centreX + Double(corners[first + corner * 2 * plane]),
                    y: centreY + Double(corners[first + (corner * 2 + 1) * plane])
                )
            }
        )
    }
}
