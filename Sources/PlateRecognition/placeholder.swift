internal import COpenVINO
package func warp(_ a: UnsafeBufferPointer<UInt8>) -> Int { var s = 0; for x in a { s &+= Int(x) }; return s + Int(OK.rawValue) }
