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

/// How a picture is searched.
enum PlateSearch: Hashable, Sendable {
    /// At all scales: a photograph.
    case everywhere
    /// At three scales, of which the finest is made for plates from a 45th of the picture's width: a frame of a video.
    /// Costs half of `everywhere`, and finds as many plates of 40 pixels and more in frames of 1280.
    case frame
    /// A frame among many of the same cars, the how manieth: an eighth at the finest of these scales, another at each
    /// turn; all at a scale at which plates from a 25th of the picture's width are found, and at the smallest. Costs less
    /// than a quarter of `everywhere`.
    case turn(Int)

    /// Pixels around the picture, and around a part of it, that are looked at too.
    private static let border = 16
    private static let overlap = 32
    /// Turns after which all of the picture has been searched at the finest scale.
    static let parts = 8
    /// Long side in pixels up to which a level is cheap enough not to be made smaller.
    private static let coarse = 640
    /// Scales of a frame against the finest level, before the smallest one.
    private static let frameScales = [0.7, 0.3]
    /// Scale of a turn against the finest level: little is lost below the frame's, and all is seen at each turn.
    private static let turnScale = 0.4
    /// A level that would enlarge the picture by more is left out (the smallest level never is).
    private static let mostEnlarged = 1.1

    /// - Parameters:
    ///   - width, height: of the picture.
    ///   - pyramid: long sides in pixels at which it may be searched.
    /// - Returns: finest first.
    func views(width: Int, height: Int, _ pyramid: [Int]) -> [PlateView] {
        let longest = Double(max(width, height))
        let all = pyramid.sorted(by: >)
        let levels = all.filter { Double($0) <= longest * PlateSearch.mostEnlarged || $0 == all.last }
        let isFine = levels[0] > PlateSearch.coarse && levels.count > 1
        let smallest = levels[levels.count - 1]
        let frame =
            isFine ? PlateSearch.frameScales.map { Int((Double(levels[0]) * $0).rounded()) } + [smallest] : levels
        func whole(_ level: Int) -> PlateView { PlateSearch.whole(level, width: width, height: height) }
        switch self {
        case .everywhere:
            return levels.map(whole)
        case .frame:
            return frame.map(whole)
        case .turn(let turn):
            guard levels.count > 1 else { return levels.map(whole) }
            guard isFine else { return [whole(levels[0]), whole(smallest)] }
            let fine = PlateSearch.part(turn, in: whole(frame[0]), width: width, height: height)
            return [fine, whole(Int(Double(levels[0]) * PlateSearch.turnScale)), whole(smallest)]
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
