// SPDX-License-Identifier: MIT
// What the rest of the module may ask of the storage behind psa_its_*. The PSA functions themselves are declared in
// include/psa/internal_trusted_storage.h.

#ifndef MICROPSA_CORE_ITS_H
#define MICROPSA_CORE_ITS_H

// Forgets the mounted region; the next call mounts it again. Nothing is lost: psa_its_set leaves nothing unwritten.
void micropsa_its_unmount(void);

#endif
