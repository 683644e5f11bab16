internal import CExif
enum B {}
