# SPDX-License-Identifier: MIT
# Mounts the board's file system at /. Formats it only when the flash region is blank: a damaged file system is
# reported and left alone, its files may still be wanted.


def _mount():
    import vfs
    from micropsa import Flash

    flash = Flash()
    try:
        if flash.blank():
            vfs.VfsLfs2.mkfs(flash, progsize=flash.PROGRAM_SIZE)
        fs = vfs.VfsLfs2(flash, progsize=flash.PROGRAM_SIZE)
    except OSError as error:
        if flash.error():
            print("MPY: no file system:", flash.error())
        else:
            print("MPY: the file system is damaged (", error, ") and was not mounted; to erase all files:", sep="")
            print("  import vfs, micropsa; vfs.VfsLfs2.mkfs(micropsa.Flash())")
        return
    vfs.mount(fs, "/")


_mount()
del _mount
