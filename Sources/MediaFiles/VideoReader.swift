// Videos, and stills that are no JPEG, through libav: demultiplexing and decoding.
internal import CLibAV
internal import Imaging

#if canImport(Glibc)
internal import Glibc
#endif

/// Decodes the best video stream of a file, frame by frame. Motion JPEG is decoded by libjpeg-turbo, so that each
/// frame's own bytes can serve as evidence.
final class VideoReader {
    enum Item {
        case picture(GreyImage, MediaPicture.Origin, seconds: Double, damaged: Bool)
        /// A frame that could not be decoded, and why.
        case undecodable(String)
    }

    /// Containers and single pictures that are accepted: none of them makes libav open another file or address.
    private static let formats = [
        "mov,mp4,m4a,3gp,3g2,mj2", "avi", "matroska,webm", "mjpeg", "mpegts", "mpeg", "mpegvideo", "h264", "hevc",
        "flv",
        "asf", "ogg", "ivf", "yuv4mpegpipe", "m4v", "gif", "png_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe",
        "jpeg_pipe",
        "ppm_pipe", "pgm_pipe", "pam_pipe", "apng",
    ].joined(separator: ",")

    let isStill: Bool
    let expectedCount: Int?
    private let path: String
    private let handles: LibAVHandles
    private let stream: UnsafeMutablePointer<AVStream>
    private let isMotionJPEG: Bool
    private let startSeconds: Double
    private var drained = false
    private var lastSeconds = 0.0

    /// - Throws: `MediaError`.
    init(path: String) throws {
        av_log_set_level(AV_LOG_QUIET)
        self.path = path
        handles = LibAVHandles()
        try VideoReader.open(path, handles)
        guard let format = handles.format else { throw MediaError(.library, path, "libav gave no container") }
        let number = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard number >= 0, let stream = format.pointee.streams[Int(number)] else {
            throw MediaError(.format, path, "there is no picture stream in it; give a picture or a video")
        }
        self.stream = stream
        let parameters = stream.pointee.codecpar.pointee
        if parameters.width > 0 || parameters.height > 0 {
            do throws(ImagingError) {
                try GreyImage.checkSize(width: Int(parameters.width), height: Int(parameters.height))
            } catch {
                throw MediaError(.format, path, error.message)
            }
        }
        isMotionJPEG = parameters.codec_id == AV_CODEC_ID_MJPEG
        if !isMotionJPEG { try VideoReader.openDecoder(path, handles, stream) }
        let name = format.pointee.iformat.flatMap { $0.pointee.name }.map { String(cString: $0) } ?? ""
        isStill = name.hasSuffix("_pipe")
        expectedCount = VideoReader.expectedCount(stream, format)
        startSeconds =
            stream.pointee.start_time == Int64.min ? 0 : VideoReader.seconds(stream.pointee.start_time, stream)
    }

    /// The next frame, or nil at the end.
    /// - Throws: `MediaError` (`library`).
    func next() throws -> Item? {
        if isMotionJPEG { return try nextMotionJPEG() }
        while true {
            guard let frame = av_frame_alloc() else { throw MediaError(.library, path, "no memory for a frame") }
            let owned = VideoFrame(frame, path: path)
            let received = avcodec_receive_frame(handles.decoder, frame)
            if received == 0 {
                let stamp = frame.pointee.best_effort_timestamp
                let seconds =
                    stamp == Int64.min ? lastSeconds + frameSeconds : VideoReader.seconds(stamp, stream) - startSeconds
                lastSeconds = max(0, seconds)
                do {
                    let grey = try owned.grey()
                    let damaged =
                        frame.pointee.decode_error_flags != 0 || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
                    return .picture(grey, .frame(owned), seconds: lastSeconds, damaged: damaged)
                } catch {
                    return .undecodable("\(error)")
                }
            }
            if received == LibAVHandles.endOfFile { return nil }
            guard received == -EAGAIN else { return .undecodable(LibAVHandles.text(received)) }
            if let complaint = try feed() { return .undecodable(complaint) }
        }
    }

    /// Gives the decoder the next packet of the stream, or the end.
    /// - Returns: what it said against it.
    private func feed() throws -> String? {
        guard try readPacket() else {
            guard !drained else { return nil }
            drained = true
            avcodec_send_packet(handles.decoder, nil)
            return nil
        }
        defer { av_packet_unref(handles.packet) }
        let sent = avcodec_send_packet(handles.decoder, handles.packet)
        return sent < 0 && sent != LibAVHandles.endOfFile
            ? "a frame cannot be decoded: \(LibAVHandles.text(sent))" : nil
    }

    private func nextMotionJPEG() throws -> Item? {
        guard try readPacket(), let packet = handles.packet else { return nil }
        defer { av_packet_unref(packet) }
        let bytes = [UInt8](UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
        let stamp = packet.pointee.pts == Int64.min ? packet.pointee.dts : packet.pointee.pts
        let seconds =
            stamp == Int64.min ? lastSeconds + frameSeconds : VideoReader.seconds(stamp, stream) - startSeconds
        lastSeconds = max(0, seconds)
        do throws(ImagingError) {
            let decoded = try JPEG.decodeGrey(bytes)
            return .picture(decoded.image, .jpeg(bytes), seconds: lastSeconds, damaged: decoded.damaged)
        } catch {
            return .undecodable("frame at \(Int(lastSeconds * 1000)) ms: \(error.message)")
        }
    }

    /// - Returns: false at the end of the file, or where it is cut.
    private func readPacket() throws -> Bool {
        guard let packet = handles.packet else { throw MediaError(.library, path, "no memory for a packet") }
        while av_read_frame(handles.format, packet) >= 0 {
            if packet.pointee.stream_index == stream.pointee.index { return true }
            av_packet_unref(packet)
        }
        return false
    }

    private var frameSeconds: Double {
        let rate = stream.pointee.avg_frame_rate
        return rate.num > 0 && rate.den > 0 ? Double(rate.den) / Double(rate.num) : 0.04
    }

    private static func open(_ path: String, _ handles: LibAVHandles) throws {
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "format_whitelist", formats, 0)
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        let opened = avformat_open_input(&handles.format, "file:" + path, nil, &options)
        guard opened >= 0 else {
            throw MediaError(
                .format,
                path,
                "no picture and no video that is known here, or a damaged one (\(LibAVHandles.text(opened))); "
                    + "give JPEG, PNG, WebP, BMP, TIFF, AVI, MP4, Matroska or MPEG"
            )
        }
        let found = avformat_find_stream_info(handles.format, nil)
        guard found >= 0 else {
            throw MediaError(.format, path, "its streams cannot be found (\(LibAVHandles.text(found))); copy it again")
        }
        handles.packet = av_packet_alloc()
    }

    private static func openDecoder(
        _ path: String,
        _ handles: LibAVHandles,
        _ stream: UnsafeMutablePointer<AVStream>
    ) throws {
        let identifier = stream.pointee.codecpar.pointee.codec_id
        guard let codec = avcodec_find_decoder(identifier), let decoder = avcodec_alloc_context3(codec) else {
            let name = String(cString: avcodec_get_name(identifier))
            throw MediaError(.format, path, "no decoder for '\(name)' is installed; convert it to H.264 or Motion JPEG")
        }
        handles.decoder = decoder
        avcodec_parameters_to_context(decoder, stream.pointee.codecpar)
        decoder.pointee.thread_count = 1
        decoder.pointee.max_pixels = Int64(GreyImage.mostPixels)
        let opened = avcodec_open2(decoder, codec, nil)
        guard opened >= 0 else {
            throw MediaError(.format, path, "its decoder cannot be started: \(LibAVHandles.text(opened))")
        }
    }

    private static func expectedCount(
        _ stream: UnsafeMutablePointer<AVStream>,
        _ format: UnsafeMutablePointer<AVFormatContext>
    ) -> Int? {
        if stream.pointee.nb_frames > 0 { return Int(stream.pointee.nb_frames) }
        let rate = stream.pointee.avg_frame_rate
        guard format.pointee.duration > 0, rate.num > 0, rate.den > 0 else { return nil }
        return Int(Double(format.pointee.duration) / Double(AV_TIME_BASE) * Double(rate.num) / Double(rate.den))
    }

    private static func seconds(_ stamp: Int64, _ stream: UnsafeMutablePointer<AVStream>) -> Double {
        let base = stream.pointee.time_base
        return base.den == 0 ? 0 : Double(stamp) * Double(base.num) / Double(base.den)
    }
}

/// What libav allocated, freed together.
final class LibAVHandles {
    /// `AVERROR_EOF`, a macro that Swift cannot import: -MKTAG('E', 'O', 'F', ' ').
    static let endOfFile: Int32 = -0x2046_4F45

    var format: UnsafeMutablePointer<AVFormatContext>?
    var decoder: UnsafeMutablePointer<AVCodecContext>?
    var packet: UnsafeMutablePointer<AVPacket>?

    deinit {
        av_packet_free(&packet)
        avcodec_free_context(&decoder)
        avformat_close_input(&format)
    }

    /// libav's words for an error number.
    static func text(_ error: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        av_strerror(error, &buffer, buffer.count)
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
