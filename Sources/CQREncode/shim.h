// QR symbols (ISO/IEC 18004) as a square of modules.
#pragma once
#include <qrencode.h>
