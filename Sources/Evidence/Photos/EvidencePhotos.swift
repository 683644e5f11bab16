// The two photos of a read: the frame as the camera delivered it, and the plate with its surroundings.
internal import Imaging
package import ParkingCore

/// One photo, ready to be stored: a JPEG file with its metadata inside.
package struct EvidencePhoto: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, Codable { case closeUp, context }
    package let role: Role
    package let jpeg: [UInt8]

    package init(role: Role, jpeg: [UInt8]) {
        self.role = role
        self.jpeg = jpeg
    }
}

package struct EvidencePhotos: Hashable, Sendable {
    package let closeUp: EvidencePhoto
    package let context: EvidencePhoto

    /// Close-up first, as tickets list them.
    package var all: [EvidencePhoto] { [closeUp, context] }

    /// Encoder quality of the close-up (libjpeg's scale of 100).
    static let closeUpQuality = 95

    /// Makes both photos of one frame.
    ///
    /// The context photo is the frame, byte for byte, plus metadata (and the standard's Huffman tables where a Motion
    /// JPEG frame left them out); it is never decoded and encoded again. The close-up is cut from it at full
    /// resolution.
    /// - Parameters:
    ///   - frame: the frame's JPEG as captured.
    ///   - plate: the plate's box in the frame, in pixels.
    /// - Throws: `EvidenceError` when the frame is damaged, the box lies outside it, or the time zone is unknown.
    package init(frame: [UInt8], plate: PixelBox, stamp: PhotoStamp) throws(EvidenceError) {
        let (segments, picture) = try EvidencePhotos.decoded(frame)
        let exif = try EXIFBlock.bytes(stamp, width: segments.width, height: segments.height)
        context = EvidencePhoto(role: .context, jpeg: try segments.replacingEXIF(exif))
        closeUp = EvidencePhoto(role: .closeUp, jpeg: try EvidencePhotos.closeUp(of: picture, plate, stamp))
    }

    private static func decoded(_ frame: [UInt8]) throws(EvidenceError) -> (JPEGSegments, ColourImage) {
        let whole: [UInt8]
        let decoded: JPEG.Decoded<ColourImage>
        do {
            whole = try JPEG.completed(frame)
            decoded = try JPEG.decodeColour(whole)
        } catch {
            throw EvidenceError(.damagedFrame, "the frame cannot be used as evidence: \(error)")
        }
        guard !decoded.damaged else {
            throw EvidenceError(.damagedFrame, "the frame's picture is damaged; take the next frame of this pass")
        }
        return (try JPEGSegments(whole), decoded.image)
    }

    private static func closeUp(
        of picture: ColourImage,
        _ plate: PixelBox,
        _ stamp: PhotoStamp
    ) throws(EvidenceError) -> [UInt8] {
        guard let part = cropArea(around: plate, width: picture.width, height: picture.height) else {
            throw EvidenceError(
                .boxOutside,
                "the plate's box lies outside the \(picture.width)x\(picture.height) frame; the read belongs to another frame"
            )
        }
        guard let crop = picture.cropped(x: part.x, y: part.y, width: part.width, height: part.height) else {
            throw EvidenceError(.closeUpFailed, "the close-up could not be cut from the frame")
        }
        let plain: [UInt8]
        do {
            plain = try JPEG.encode(crop, quality: closeUpQuality)
        } catch {
            throw EvidenceError(.closeUpFailed, "the close-up could not be encoded: \(error)")
        }
        let exif = try EXIFBlock.bytes(stamp, width: crop.width, height: crop.height)
        return try JPEGSegments(plain).replacingEXIF(exif)
    }

    struct CropArea: Hashable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    /// The plate with one plate's width on either side, so that bumper and lamps are in the picture too; at least
    /// 320 x 240 pixels where the frame has them, moved inwards at the frame's edges.
    /// - Returns: nil when the box and the frame share no pixel, or the box is no box.
    static func cropArea(around plate: PixelBox, width: Int, height: Int) -> CropArea? {
        let values = [plate.x, plate.y, plate.width, plate.height]
        guard values.allSatisfy({ $0.isFinite && abs($0) < 1e6 }), plate.width > 0, plate.height > 0,
            plate.x < Double(width), plate.y < Double(height), plate.x + plate.width > 0, plate.y + plate.height > 0
        else { return nil }
        let wide = min(width, max(320, Int((plate.width * 3).rounded(.up))))
        let high = min(height, max(240, Int((max(plate.height * 4, plate.width * 2)).rounded(.up))))
        let left = Int((plate.x + plate.width / 2).rounded()) - wide / 2
        let top = Int((plate.y + plate.height / 2).rounded()) - high / 2
        return CropArea(
            x: min(max(0, left), width - wide),
            y: min(max(0, top), height - high),
            width: wide,
            height: high
        )
    }
}
