// SPDX-License-Identifier: MIT
// Module micropsa: what the port offers beyond MicroPython's own modules.
#include <string.h>

#include "py/mperrno.h"
#include "py/objstr.h"
#include "py/runtime.h"
#include "extmod/vfs.h"
#include "cortexm/irq.h"
#include "genhdr/board_data.h"
#include "mcu.h"

// littlefs programs and reads in units of this many bytes; the hardware may allow smaller ones.
#define FLASH_PROGRAM_SIZE (32)

// Flash: block device over the board's "filesystem" region. The region of the key store is out of its reach.
typedef struct {
    mp_obj_base_t base;
} flash_obj_t;

static const mp_obj_type_t flash_type;
static const flash_obj_t flash_obj = { { &flash_type } };

static mp_obj_t flash_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    return MP_OBJ_FROM_PTR(&flash_obj);
}

// An interrupt may have come while the flash was programmed, for the file system or for the key store: it would lock the
// controller under that.
static bool is_busy(void) {
    return irq_is_handler();
}

// Offset in the flash of (block, offset), or -1 when the access would leave the region.
static mp_int_t region_offset(size_t n_args, const mp_obj_t *args, size_t len) {
    mp_int_t block = mp_obj_get_int(args[1]);
    mp_int_t offset = n_args == 4 ? mp_obj_get_int(args[3]) : 0;
    if (block < 0 || offset < 0 || block >= (mp_int_t)(BOARD_FLASH_FILESYSTEM_SIZE / BOARD_FLASH_SECTOR_SIZE)) {
        return -1;
    }
    size_t start = (size_t)block * BOARD_FLASH_SECTOR_SIZE + (size_t)offset;
    if (start > BOARD_FLASH_FILESYSTEM_SIZE || len > BOARD_FLASH_FILESYSTEM_SIZE - start) {
        return -1;
    }
    return (mp_int_t)(BOARD_FLASH_FILESYSTEM_OFFSET + start);
}

// readblocks(block, buf[, offset])
static mp_obj_t flash_readblocks(size_t n_args, const mp_obj_t *args) {
    mp_buffer_info_t buf;
    mp_get_buffer_raise(args[2], &buf, MP_BUFFER_WRITE);
    if (is_busy()) {
        return MP_OBJ_NEW_SMALL_INT(-MP_EBUSY);
    }
    mp_int_t start = region_offset(n_args, args, buf.len);
    if (start < 0) {
        return MP_OBJ_NEW_SMALL_INT(-MP_EINVAL);
    }
    return MP_OBJ_NEW_SMALL_INT(mcu_flash_read((uint32_t)start, buf.buf, buf.len));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_readblocks_obj, 3, 4, flash_readblocks);

// writeblocks(block, buf) erases what it writes; writeblocks(block, buf, offset) programs erased flash.
static mp_obj_t flash_writeblocks(size_t n_args, const mp_obj_t *args) {
    mp_buffer_info_t buf;
    mp_get_buffer_raise(args[2], &buf, MP_BUFFER_READ);
    if (is_busy()) {
        return MP_OBJ_NEW_SMALL_INT(-MP_EBUSY);
    }
    mp_int_t start = region_offset(n_args, args, buf.len);
    if (start < 0) {
        return MP_OBJ_NEW_SMALL_INT(-MP_EINVAL);
    }
    if (n_args == 3) {
        int ret = mcu_flash_erase((uint32_t)start, buf.len);
        if (ret != 0) {
            return MP_OBJ_NEW_SMALL_INT(ret);
        }
    }
    return MP_OBJ_NEW_SMALL_INT(mcu_flash_program((uint32_t)start, buf.buf, buf.len));
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_writeblocks_obj, 3, 4, flash_writeblocks);

// ioctl(op, arg)
static mp_obj_t flash_ioctl(mp_obj_t self_in, mp_obj_t op_in, mp_obj_t arg_in) {
    if (is_busy()) {
        return MP_OBJ_NEW_SMALL_INT(-MP_EBUSY);
    }
    switch (mp_obj_get_int(op_in)) {
        case MP_BLOCKDEV_IOCTL_INIT:
            return MP_OBJ_NEW_SMALL_INT(mcu_flash_error() == NULL ? 0 : -MP_ENODEV);
        case MP_BLOCKDEV_IOCTL_DEINIT:
            return MP_OBJ_NEW_SMALL_INT(0);
        case MP_BLOCKDEV_IOCTL_SYNC:
            return MP_OBJ_NEW_SMALL_INT(mcu_flash_sync());
        case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
            return MP_OBJ_NEW_SMALL_INT(BOARD_FLASH_FILESYSTEM_SIZE / BOARD_FLASH_SECTOR_SIZE);
        case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
            return MP_OBJ_NEW_SMALL_INT(BOARD_FLASH_SECTOR_SIZE);
        case MP_BLOCKDEV_IOCTL_BLOCK_ERASE: {
            mp_obj_t args[] = { self_in, arg_in };
            mp_int_t start = region_offset(MP_ARRAY_SIZE(args), args, BOARD_FLASH_SECTOR_SIZE);
            if (start < 0) {
                return MP_OBJ_NEW_SMALL_INT(-MP_EINVAL);
            }
            return MP_OBJ_NEW_SMALL_INT(mcu_flash_erase((uint32_t)start, BOARD_FLASH_SECTOR_SIZE));
        }
        default:
            return mp_const_none;
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(flash_ioctl_obj, flash_ioctl);

// blank(): True when every byte of the region is erased. Raises OSError when the flash cannot be read.
static mp_obj_t flash_blank(mp_obj_t self_in) {
    uint8_t buf[256];
    for (uint32_t done = 0; done < BOARD_FLASH_FILESYSTEM_SIZE; done += sizeof(buf)) {
        int ret = mcu_flash_read(BOARD_FLASH_FILESYSTEM_OFFSET + done, buf, sizeof(buf));
        if (ret != 0) {
            mp_raise_OSError(-ret);
        }
        for (size_t i = 0; i < sizeof(buf); ++i) {
            if (buf[i] != 0xff) {
                return mp_const_false;
            }
        }
    }
    return mp_const_true;
}
static MP_DEFINE_CONST_FUN_OBJ_1(flash_blank_obj, flash_blank);

// error(): why the flash is not usable, None when it is.
static mp_obj_t flash_error(mp_obj_t self_in) {
    const char *error = mcu_flash_error();
    return error == NULL ? mp_const_none : mp_obj_new_str(error, strlen(error));
}
static MP_DEFINE_CONST_FUN_OBJ_1(flash_error_obj, flash_error);

static const mp_rom_map_elem_t flash_locals_table[] = {
    { MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&flash_readblocks_obj) },
    { MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&flash_writeblocks_obj) },
    { MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&flash_ioctl_obj) },
    { MP_ROM_QSTR(MP_QSTR_blank), MP_ROM_PTR(&flash_blank_obj) },
    { MP_ROM_QSTR(MP_QSTR_error), MP_ROM_PTR(&flash_error_obj) },
    { MP_ROM_QSTR(MP_QSTR_PROGRAM_SIZE), MP_ROM_INT(FLASH_PROGRAM_SIZE) },
};
static MP_DEFINE_CONST_DICT(flash_locals, flash_locals_table);

static MP_DEFINE_CONST_OBJ_TYPE(
    flash_type,
    MP_QSTR_Flash,
    MP_TYPE_FLAG_NONE,
    make_new, flash_make_new,
    locals_dict, &flash_locals);

static const mp_rom_map_elem_t micropsa_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_micropsa) },
    { MP_ROM_QSTR(MP_QSTR_Flash), MP_ROM_PTR(&flash_type) },
};
static MP_DEFINE_CONST_DICT(micropsa_globals, micropsa_globals_table);

const mp_obj_module_t micropsa_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&micropsa_globals,
};

MP_REGISTER_MODULE(MP_QSTR_micropsa, micropsa_module);
