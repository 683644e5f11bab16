// Which parts of a picture the detector looks at, and at which scale.
internal import ParkingCore

/// A part of a picture at some scale, as it goes into the detector.
struct PlateView: Hashable, Sendable {
    /// Where its upper left corner lies, in pixels of the picture; may lie outside.
    let originX: Double
    let originY: Double
    /// Pixels of the view for one of the picture.
    let scaleX: Double
    let scaleY: Double
    /// Pixels of the view, multiples of 32.
    let width: Int
    let height: Int

    func picturePoint(_ point: PixelPoint) -> PixelPoint {
        PixelPoint(x: point.x / scaleX + originX, y: point.y / scaleY + originY)
    }

    /// The reverse of `picturePoint`.
    func place(_ point: PixelPoint) -> PixelPoint {
        PixelPoint(x: (point.x - originX) * scaleX, y: (point.y - originY) * scaleY)
    }
}

/// The long sides, in pixels, to which a picture is brought to be searched.
struct SearchLevels: Sendable {
    /// For the detector, everywhere.
    let pyramid: [Int]
    /// For the scout: a picture that stands for itself, and all of a frame at each of several turns.
    let frame: [Int]
    let turn: [Int]
}

/// How a picture is searched.
enum PlateSearch: Hashable, Sendable {
    /// By the detector, at all scales: what the scout finds nothing sure in.
    case everywhere
    /// By the scout, at scales made for plates from 40 pixels of a picture of 1280: a tenth of the work.
    case frame
    /// By the scout: a frame among many of the same cars, the how manieth. An eighth at the finest scale, another at each
    /// turn; all at the coarser ones.
    case turn(Int)

    /// Pixels around the picture, and around a part of it, that are looked at too.
    private static let border = 16
    private static let overlap = 32
    /// Turns after which all of the picture has been searched at the finest scale.
    static let parts = 8
    /// A level of the pyramid that would enlarge the picture by more is left out (the coarsest never is).
    private static let mostEnlarged = 1.1

    /// - Parameters:
    ///   - width, height: of the picture, which is hardly enlarged unless it is smaller than the coarsest level.
    /// - Returns: finest first.
    func views(width: Int, height: Int, _ levels: SearchLevels) -> [PlateView] {
        func whole(_ sides: [Int]) -> [PlateView] {
            let most = max(width, height, sides.min() ?? 1)
            return Set(sides.map { min($0, most) }).sorted(by: >).map {
                PlateSearch.whole($0, width: width, height: height)
            }
        }
        switch self {
        case .everywhere:
            let most = Double(max(width, height)) * PlateSearch.mostEnlarged
            let coarsest = levels.pyramid.min()
            return levels.pyramid.filter { Double($0) <= most || $0 == coarsest }.sorted(by: >).map {
                PlateSearch.whole($0, width: width, height: height)
            }
        case .frame:
            return whole(levels.frame)
        case .turn(let turn):
            let finest = levels.frame.max() ?? 1
            guard max(width, height) > (levels.turn.max() ?? 1), let fine = whole([finest]).first else {
                return whole(levels.turn)
            }
            return [PlateSearch.part(turn, in: fine, width: width, height: height)] + whole(levels.turn)
        }
    }

    /// - Parameter level: pixels to which the picture's longer side is brought.
    private static func whole(_ level: Int, width: Int, height: Int) -> PlateView {
        func scaled(_ side: Int) -> Int {
            max(1, Int((Double(side) * Double(level) / Double(max(width, height))).rounded()))
        }
        let (levelWidth, levelHeight) = (scaled(width), scaled(height))
        let (scaleX, scaleY) = (Double(levelWidth) / Double(width), Double(levelHeight) / Double(height))
        return PlateView(
            originX: -Double(border) / scaleX,
            originY: -Double(border) / scaleY,
            scaleX: scaleX,
            scaleY: scaleY,
            width: padded(levelWidth + 2 * border),
            height: padded(levelHeight + 2 * border)
        )
    }

    /// A strip as high or as wide as the view, across the picture's longer side.
    private static func part(_ turn: Int, in view: PlateView, width: Int, height: Int) -> PlateView {
        let index = Double((turn % parts + parts) % parts)
        let isWide = width >= height
        let (side, scale) = isWide ? (Double(width), view.scaleX) : (Double(height), view.scaleY)
        let step = side / Double(parts)
        let origin = index * step - Double(overlap) / scale
        let length = padded(Int((step * scale).rounded(.up)) + 2 * overlap)
        return PlateView(
            originX: isWide ? origin : view.originX,
            originY: isWide ? view.originY : origin,
            scaleX: view.scaleX,
            scaleY: view.scaleY,
            width: isWide ? length : view.width,
            height: isWide ? view.height : length
        )
    }

    private static func padded(_ pixels: Int) -> Int { (pixels + 31) / 32 * 32 }
}
