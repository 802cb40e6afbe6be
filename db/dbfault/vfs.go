package dbfault

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Op is what SQLite asks of a file.
type Op string

const (
	Open     Op = "open"
	Read     Op = "read"
	Write    Op = "write"
	Truncate Op = "truncate"
	Sync     Op = "sync"
	Delete   Op = "delete"
	Grow     Op = "grow" // of the shared memory beside the WAL
)

// Call is one call, before it is done.
type Call struct {
	Op     Op
	File   string // its name in the watched directory
	Offset int64  // of Read and Write; the new size of Truncate
	Data   []byte // of Write, valid until the hook returns
	Synced bool   // of Delete: it is on the disk when the call returns
}

// Verdict is what becomes of a call. The zero Verdict lets it be done.
type Verdict struct {
	Code    int32 // a result code of SQLite's, such as IOErrWrite; 0: it succeeds
	Written int   // bytes of a Write that reach the file before it fails
}

// Result codes (sqlite.org/rescode.html).
const (
	Full       int32 = sqlite3.SQLITE_FULL
	CantOpen   int32 = sqlite3.SQLITE_CANTOPEN
	IOErrRead  int32 = sqlite3.SQLITE_IOERR_READ
	IOErrWrite int32 = sqlite3.SQLITE_IOERR_WRITE
	IOErrSync  int32 = sqlite3.SQLITE_IOERR_FSYNC
	IOErrGrow  int32 = sqlite3.SQLITE_IOERR_SHMSIZE
	IOErrTrunc int32 = sqlite3.SQLITE_IOERR_TRUNCATE
)

// Hook judges calls. It is called from many goroutines, and must not use the
// database.
type Hook func(Call) Verdict

// Watch has hook judge every call on the files directly in dir that are opened
// from now on, until stop is called.
func Watch(dir string, hook Hook) (stop func(), err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	if err := install(); err != nil {
		return nil, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.hooks[dir] != nil {
		return nil, fmt.Errorf("%s is watched already", dir)
	}
	all.hooks[dir] = hook
	return func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.hooks, dir)
	}, nil
}

// all is the one VFS of the process. SQLite calls its methods without saying
// for whom, so it cannot be handed in.
var all = &vfs{hooks: map[string]Hook{}, files: map[uintptr]*file{}, methods: map[uintptr]uintptr{}}

type vfs struct {
	once sync.Once
	err  error
	real uintptr // *sqlite3.Tsqlite3_vfs of SQLite's own

	mu      sync.RWMutex
	hooks   map[string]Hook     // by directory
	files   map[uintptr]*file   // open and watched, by their sqlite3_file
	methods map[uintptr]uintptr // ours, by SQLite's own
}

// file is an open file that is watched.
type file struct {
	name string
	hook Hook
	real uintptr // its own methods
}

// install makes the wrapping VFS the default one.
func install() error {
	all.once.Do(func() {
		tls := libc.NewTLS()
		defer tls.Close()
		if all.real = sqlite3.Xsqlite3_vfs_find(tls, 0); all.real == 0 {
			all.err = fmt.Errorf("SQLite has no VFS to wrap")
			return
		}
		const name = "hearth-fault"
		size := unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})
		memory := libc.Xmalloc(tls, libc.Tsize_t(size))
		zName, err := libc.CString(name)
		if memory == 0 || err != nil {
			all.err = fmt.Errorf("no memory for a VFS: %w", err)
			return
		}
		ours := at[sqlite3.Tsqlite3_vfs](memory)
		*ours = *at[sqlite3.Tsqlite3_vfs](all.real)
		ours.FpNext, ours.FzName = 0, zName
		ours.FxOpen, ours.FxDelete = pointer(xOpen), pointer(xDelete)
		if rc := sqlite3.Xsqlite3_vfs_register(tls, memory, 1); rc != sqlite3.SQLITE_OK {
			all.err = fmt.Errorf("registering a VFS: code %d", rc)
		}
	})
	return all.err
}

// at is the C object at an address.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// pointer is a Go function as C code of modernc.org/libc calls it: the address
// of its closure, which of a function of the package never moves.
func pointer(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// function is the reverse.
func function[F any](address uintptr) F {
	boxed := struct{ uintptr }{address}
	return *(*F)(unsafe.Pointer(&boxed))
}

// lookUp finds the hook of a path.
func (v *vfs) lookUp(path string) (Hook, string) {
	dir, name := filepath.Split(path)
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.hooks[strings.TrimSuffix(dir, string(filepath.Separator))], name
}

func (v *vfs) file(address uintptr) *file {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.files[address]
}

// judged is what the hook says, quickly where nothing is wrong.
func (f *file) judged(c Call) Verdict {
	c.File = f.name
	return f.hook(c)
}

func xOpen(tls *libc.TLS, _ uintptr, zName, address uintptr, flags int32, out uintptr) int32 {
	var hook Hook
	var name string
	if zName != 0 {
		hook, name = all.lookUp(libc.GoString(zName))
	}
	if hook != nil {
		if v := hook(Call{Op: Open, File: name}); v.Code != 0 {
			at[sqlite3.Tsqlite3_file](address).FpMethods = 0 // there is nothing to close
			return v.Code
		}
	}
	real := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](at[sqlite3.Tsqlite3_vfs](all.real).FxOpen)
	rc := real(tls, all.real, zName, address, flags, out)
	if rc != sqlite3.SQLITE_OK || hook == nil {
		return rc
	}
	opened := at[sqlite3.Tsqlite3_file](address)
	f := &file{name: name, hook: hook, real: opened.FpMethods}
	opened.FpMethods = all.wrap(tls, address, f)
	return rc
}

// wrap notes an open file and gives it our methods.
func (v *vfs) wrap(tls *libc.TLS, address uintptr, f *file) uintptr {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.files[address] = f
	if ours, ok := v.methods[f.real]; ok {
		return ours
	}
	memory := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	if memory == 0 {
		panic("dbfault: no memory")
	}
	ours := at[sqlite3.Tsqlite3_io_methods](memory)
	*ours = *at[sqlite3.Tsqlite3_io_methods](f.real)
	ours.FxClose, ours.FxRead, ours.FxWrite = pointer(xClose), pointer(xRead), pointer(xWrite)
	ours.FxTruncate, ours.FxSync, ours.FxShmMap = pointer(xTruncate), pointer(xSync), pointer(xShmMap)
	v.methods[f.real] = memory
	return memory
}

func (f *file) methods() *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](f.real)
}

func xClose(tls *libc.TLS, address uintptr) int32 {
	f := all.file(address)
	all.mu.Lock()
	delete(all.files, address)
	all.mu.Unlock()
	return function[func(*libc.TLS, uintptr) int32](f.methods().FxClose)(tls, address)
}

func xRead(tls *libc.TLS, address, buffer uintptr, n int32, offset int64) int32 {
	f := all.file(address)
	if v := f.judged(Call{Op: Read, Offset: offset}); v.Code != 0 {
		return v.Code
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.methods().FxRead)(tls, address, buffer, n, offset)
}

func xWrite(tls *libc.TLS, address, buffer uintptr, n int32, offset int64) int32 {
	f := all.file(address)
	write := function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.methods().FxWrite)
	v := f.judged(Call{Op: Write, Offset: offset, Data: unsafe.Slice(at[byte](buffer), n)})
	if v.Code == 0 {
		return write(tls, address, buffer, n, offset)
	}
	if part := min(int32(v.Written), n); part > 0 {
		write(tls, address, buffer, part, offset)
	}
	return v.Code
}

func xTruncate(tls *libc.TLS, address uintptr, size int64) int32 {
	f := all.file(address)
	if v := f.judged(Call{Op: Truncate, Offset: size}); v.Code != 0 {
		return v.Code
	}
	return function[func(*libc.TLS, uintptr, int64) int32](f.methods().FxTruncate)(tls, address, size)
}

func xSync(tls *libc.TLS, address uintptr, flags int32) int32 {
	f := all.file(address)
	if v := f.judged(Call{Op: Sync}); v.Code != 0 {
		return v.Code
	}
	return function[func(*libc.TLS, uintptr, int32) int32](f.methods().FxSync)(tls, address, flags)
}

func xShmMap(tls *libc.TLS, address uintptr, region, size, extend int32, out uintptr) int32 {
	f := all.file(address)
	if extend != 0 {
		if v := f.judged(Call{Op: Grow, Offset: int64(region) * int64(size)}); v.Code != 0 {
			return v.Code
		}
	}
	return function[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](f.methods().FxShmMap)(tls, address, region, size, extend, out)
}

func xDelete(tls *libc.TLS, _ uintptr, zName uintptr, sync int32) int32 {
	if hook, name := all.lookUp(libc.GoString(zName)); hook != nil {
		if v := hook(Call{Op: Delete, File: name, Synced: sync != 0}); v.Code != 0 {
			return v.Code
		}
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](at[sqlite3.Tsqlite3_vfs](all.real).FxDelete)(tls, all.real, zName, sync)
}
