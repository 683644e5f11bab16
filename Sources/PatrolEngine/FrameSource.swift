// Where a lane's pictures come from: a recording or a live camera, in the same words.
package import Foundation
package import Imaging

/// One picture, decoded in grey; colour and JPEG only when asked for.
package protocol FramePicture: Sendable {
    var grey: GreyImage { get }
    /// A JPEG file's bytes at full resolution, as captured where the camera delivers JPEG.
    func jpeg() throws -> [UInt8]
    func colour() throws -> ColourImage
}

package struct LaneFrame: Sendable {
    /// Growing time that passes are followed by: seconds since a recording's start, or of the monotonic clock.
    package let seconds: Double
    /// The exposure's wall time.
    package let time: Date
    package let picture: any FramePicture

    package init(seconds: Double, time: Date, picture: any FramePicture) {
        self.seconds = seconds
        self.time = time
        self.picture = picture
    }
}

package enum LaneInput: Sendable {
    case frame(LaneFrame)
    /// A frame came too late to be worked on, or could not be decoded; the source counted it.
    case late(seconds: Double)
    /// Nothing came for a while: passes that are going on are over, the camera may come back.
    case silent
    case ended
}

/// One camera's pictures. Used on one thread, which `next` may block for a short while (a second at most).
package protocol FrameSource: AnyObject {
    /// - Throws: what ends the source for good.
    func next() throws -> LaneInput
    /// How many frames there will be; nil: not known.
    var expected: Int? { get }
    var dropped: Int { get }
    var undecodable: Int { get }
}
