package feed

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"hearth"
)

// toUTF8 is the document as valid UTF-8 without a byte order mark. Its encoding
// is taken from the mark, what the first bytes look like, the Content-Type, its
// XML declaration, in this order (RFC 7303); what claims to be UTF-8 and is not
// is read as Windows-1252, as browsers do.
func toUTF8(body []byte, contentType string) (string, error) {
	enc, rest := marked(body)
	if enc == nil {
		label := labelOf(contentType)
		if label == "" {
			label = declared(body)
		}
		if label != "" {
			enc, _ = charset.Lookup(label)
		}
		if enc == nil || enc == encoding.Nop || wide(label) {
			enc = unicode.UTF8
		}
	}
	if enc == unicode.UTF8 {
		if utf8.Valid(rest) {
			return string(rest), nil
		}
		if e, _ := charset.Lookup(declared(body)); e != nil && e != encoding.Nop && !wide(declared(body)) && e != unicode.UTF8 {
			enc = e
		} else if broken(rest) < 8 { // a few damaged characters in good UTF-8
			return strings.ToValidUTF8(string(rest), "�"), nil
		} else {
			enc, _ = charset.Lookup("windows-1252")
		}
	}
	out, _, err := transform.Bytes(enc.NewDecoder(), rest)
	if err != nil {
		return "", hearth.Errorf(hearth.Unavailable, "The feed's characters cannot be read: %v.", err)
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(out), "\ufeff"), "�"), nil
}

// marked is the encoding that a byte order mark or the shape of the first
// character tells, and the bytes after the mark.
func marked(b []byte) (encoding.Encoding, []byte) {
	utf32With := func(e utf32.Endianness) encoding.Encoding { return utf32.UTF32(e, utf32.IgnoreBOM) }
	utf16With := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.IgnoreBOM) }
	for _, m := range []struct {
		mark string
		drop int
		enc  encoding.Encoding
	}{
		{"\x00\x00\xfe\xff", 4, utf32With(utf32.BigEndian)},
		{"\xff\xfe\x00\x00", 4, utf32With(utf32.LittleEndian)},
		{"\x00\x00\x00<", 0, utf32With(utf32.BigEndian)},
		{"<\x00\x00\x00", 0, utf32With(utf32.LittleEndian)},
		{"\xef\xbb\xbf", 3, unicode.UTF8},
		{"\xfe\xff", 2, utf16With(unicode.BigEndian)},
		{"\xff\xfe", 2, utf16With(unicode.LittleEndian)},
		{"\x00<", 0, utf16With(unicode.BigEndian)},
		{"<\x00", 0, utf16With(unicode.LittleEndian)},
	} {
		if bytes.HasPrefix(b, []byte(m.mark)) {
			return m.enc, b[m.drop:]
		}
	}
	return nil, b
}

func labelOf(contentType string) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return parameters["charset"]
}

// declared is the encoding of the XML declaration.
func declared(b []byte) string {
	b = bytes.TrimLeft(b[:min(len(b), 512)], " \t\r\n")
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	declaration, _, ok := bytes.Cut(b, []byte("?>"))
	if !ok {
		return ""
	}
	return attribute(string(declaration), "encoding")
}

// wide says whether the label is one of UTF-16 or UTF-32, which a document
// whose first bytes are none is not in.
func wide(label string) bool {
	label = strings.ToLower(label)
	return strings.Contains(label, "16") && strings.HasPrefix(label, "u") || strings.Contains(label, "32") || strings.Contains(label, "ucs")
}

// broken counts the bytes that are no UTF-8, up to a hundred.
func broken(b []byte) (n int) {
	for len(b) > 0 && n < 100 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		b = b[size:]
	}
	return n
}
