internal import CLibAV
enum B {}
