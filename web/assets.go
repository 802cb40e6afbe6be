package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

// asset is a file that pages load. Its address holds a hash of what is in it,
// so a browser may keep it for ever.
type asset struct {
	name, kind, etag string
	body             []byte
	packed           func() []byte // gzip, made once when first asked for
}

// assets are all files by name, and by address.
type assets struct {
	byName, byAddress map[string]*asset
	packer            packer
}

// kinds are the media types of what is served; nothing else is.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json", ".png": "image/png",
}

// readAssets puts our own styles into one file, hearth.css, and our own scripts
// into another, hearth.js, each in the order of their names; what is vendored
// stays as it is.
func readAssets() (*assets, error) {
	a := &assets{byName: map[string]*asset{}, byAddress: map[string]*asset{}}
	css, err := joined("static/css")
	if err != nil {
		return nil, err
	}
	a.add("hearth.css", append([]byte("@layer tokens, base, components, pages;\n"), css...))
	js, err := joined("static/js")
	if err != nil {
		return nil, err
	}
	a.add("hearth.js", append([]byte("\"use strict\";\n"), js...))
	for _, dir := range []string{"static", "static/vendor"} {
		entries, err := static.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.IsDir() || kinds[path.Ext(e.Name())] == "" {
				continue
			}
			body, err := static.ReadFile(path.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			a.add(e.Name(), body)
		}
	}
	return a, nil
}

// joined is the files below a folder, one behind the other.
func joined(dir string) ([]byte, error) {
	var all bytes.Buffer
	err := fs.WalkDir(static, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := static.ReadFile(name)
		all.Write(body)
		all.WriteByte('\n')
		return err
	})
	return all.Bytes(), err
}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	f := &asset{name: name, kind: kinds[ext], etag: `"` + hash + `"`, body: body}
	f.packed = sync.OnceValue(func() []byte { return a.packer.pack(body) })
	a.byName[name] = f
	a.byAddress["/static/"+strings.TrimSuffix(name, ext)+"."+hash+ext] = f
}

// address is where a page finds a file.
func (a *assets) address(name string) (string, error) {
	f := a.byName[name]
	if f == nil {
		return "", fmt.Errorf("there is no file %q below static", name)
	}
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "." + strings.Trim(f.etag, `"`) + ext, nil
}

// ServeHTTP gives a file by its address, or by its plain name, which no browser
// keeps.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, keep := a.byAddress[r.URL.Path], "public, max-age=31536000, immutable"
	if f == nil {
		f, keep = a.byName[strings.TrimPrefix(r.URL.Path, "/static/")], "no-cache"
	}
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", keep)
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", f.kind)
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.body
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.packed()
	}
	w.Write(body)
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// packer compresses. A writer of gzip is most of a megabyte, so those that are
// idle are kept. It is safe for concurrent use.
type packer struct{ idle sync.Pool }

// pack is a body in gzip's format.
func (p *packer) pack(body []byte) []byte {
	var b bytes.Buffer
	w, ok := p.idle.Get().(*gzip.Writer)
	if !ok {
		w = gzip.NewWriter(&b)
	}
	w.Reset(&b)
	w.Write(body) // into memory: it cannot fail
	w.Close()
	p.idle.Put(w)
	return b.Bytes()
}
