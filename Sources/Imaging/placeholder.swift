internal import CTurboJPEG
internal import CCairo
enum B {}
