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
    /// At all scales.
    case everywhere
    /// At every other scale below the finest, where plates from a 28th of the picture's width are found; and an eighth
    /// of the picture, another at each turn, at the finest, where they may be half as wide. Costs a third of
    /// `everywhere`.
    case turn(Int)

    /// Pixels around the picture, and around a part of it, that are looked at too.
    private static let border = 16
    private static let overlap = 32
    /// Turns after which all of the picture has been searched at the finest scale.
    static let parts = 8
    /// Long side in pixels up to which a level is cheap enough to be searched whole at every turn.
    private static let coarse = 640
    /// A level that would enlarge the picture by more is left out (the smallest level never is).
    private static let mostEnlarged = 1.1

    /// - Parameters:
    ///   - width, height: of the picture.
    ///   - pyramid: long sides in pixels at which it may be searched.
    /// - Returns: finest first.
    func views(width: Int, height: Int, _ pyramid: [Int]) -> [PlateView] {
        let longest = max(width, height)
        let all = pyramid.sorted(by: >)
        let levels = all.filter { Double($0) <= Double(longest) * PlateSearch.mostEnlarged || $0 == all.last }
        func scaled(_ side: Int, _ level: Int) -> Int {
            max(1, Int((Double(side) * Double(level) / Double(longest)).rounded()))
        }
        let whole = levels.map { level in
            let (levelWidth, levelHeight) = (scaled(width, level), scaled(height, level))
            let border = PlateSearch.border
            let (scaleX, scaleY) = (Double(levelWidth) / Double(width), Double(levelHeight) / Double(height))
            return PlateView(
                originX: -Double(border) / scaleX,
                originY: -Double(border) / scaleY,
                scaleX: scaleX,
                scaleY: scaleY,
                width: PlateSearch.padded(levelWidth + 2 * border),
                height: PlateSearch.padded(levelHeight + 2 * border)
            )
        }
        guard case .turn(let turn) = self else { return whole }
        // Levels half and twice as large find what a level finds, so that every other one is enough.
        let hasFinest = levels[0] > PlateSearch.coarse && levels.count > 1
        let others = whole.indices.filter { $0 % 2 == (hasFinest ? 1 : 0) }.map { whole[$0] }
        return hasFinest ? [part(turn, of: whole[0], width: width, height: height)] + others : others
    }

    /// A strip as high or as wide as the view, across the picture's longer side.
    private func part(_ turn: Int, of view: PlateView, width: Int, height: Int) -> PlateView {
        let index = Double((turn % PlateSearch.parts + PlateSearch.parts) % PlateSearch.parts)
        let isWide = width >= height
        let (side, scale) = isWide ? (Double(width), view.scaleX) : (Double(height), view.scaleY)
        let step = side / Double(PlateSearch.parts)
        let origin = index * step - Double(PlateSearch.overlap) / scale
        let length = PlateSearch.padded(Int((step * scale).rounded(.up)) + 2 * PlateSearch.overlap)
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
