// What can be wrong with a camera, in words that name it and the cure.
internal import CV4L2

#if canImport(Glibc)
internal import Glibc
#endif

package struct CameraError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The configuration asks for what cannot be.
        case settings
        /// There is no device of that name, or it went away.
        case absent
        /// The device is there but must not or cannot be used by us.
        case refused
        /// The device is another camera than the configured one.
        case wrongDevice
        /// The device gives no format that we understand.
        case wrongFormat
        /// The driver reported a failure of its own.
        case driver
        /// A single picture is cut, damaged or not what its description says.
        case frame
    }

    package let code: Code
    package let message: String
    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// - Parameters:
    ///   - number: the call's errno.
    ///   - action: what was tried, as in "cannot ACTION NODE".
    init(number: Int32, action: String, node: String) {
        let reason = String(cString: strerror(number))
        switch number {
        case ENOENT, ENODEV, ENXIO:
            self.init(.absent, "\(node) is not there (\(reason)): is the camera plugged in and powered?")
        case EACCES, EPERM:
            self.init(
                .refused,
                "\(node) may not be opened by this user (\(reason)): add the user to the group 'video' or check the "
                    + "udev rules"
            )
        case EBUSY:
            self.init(
                .refused,
                "\(node) is in use by another program (\(reason)): 'fuser -v \(node)' names it; stop it"
            )
        case ENOTTY:
            self.init(.refused, "\(node) is no camera (\(reason)): give a V4L2 device, see 'patrold cameras list'")
        case ENOSPC:
            self.init(
                .driver,
                "cannot \(action) \(node): the USB bus has no bandwidth left (\(reason)): ask for a smaller size or "
                    + "rate, or plug the camera into another USB controller"
            )
        case EIO:
            self.init(
                .driver,
                "cannot \(action) \(node): the driver lost the camera's signal (\(reason)): check cable and power if "
                    + "it comes again"
            )
        default:
            self.init(.driver, "cannot \(action) \(node): \(reason)")
        }
    }
}

/// Throws what `number` (an errno, 0 for success) means.
func check(_ number: Int32, _ action: String, _ node: String) throws(CameraError) {
    if number != 0 { throw CameraError(number: number, action: action, node: node) }
}
