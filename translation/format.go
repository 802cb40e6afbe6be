package translation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// format is an English sentence with places to fill.
type format struct {
	pieces []string // what stands around the places, one more than these
	verbs  []byte   // of the places: d, q, or s for any other
	plain  int      // bytes of the pieces: of two formats that fit, the one with more is meant
}

// parseFormat reads a format of package fmt.
func parseFormat(text string) *format {
	f := &format{}
	var piece strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			piece.WriteByte(text[i])
			continue
		}
		for i++; i+1 < len(text) && (text[i] == '.' || text[i] >= '0' && text[i] <= '9'); i++ {
		}
		switch verb := text[i]; verb {
		case '%':
			piece.WriteByte('%')
		case 'd', 'q':
			f.place(&piece, verb)
		default:
			f.place(&piece, 's')
		}
	}
	f.pieces = append(f.pieces, piece.String())
	f.pieces[0] = upper(f.pieces[0])
	for _, p := range f.pieces {
		f.plain += len(p)
	}
	return f
}

func (f *format) place(piece *strings.Builder, verb byte) {
	f.pieces, f.verbs = append(f.pieces, piece.String()), append(f.verbs, verb)
	piece.Reset()
}

// fill finds what a sentence filled the places with. Each is as short as can
// be, the last one goes on to the end.
func (f *format) fill(sentence string) (values []string, ok bool) {
	rest, ok := strings.CutPrefix(upper(sentence), f.pieces[0])
	if !ok {
		return nil, false
	}
	for i, verb := range f.verbs {
		piece, last := f.pieces[i+1], i == len(f.verbs)-1
		end := strings.Index(rest, piece)
		if last {
			end = len(rest) - len(piece)
		}
		if end < 0 || last && rest[end:] != piece {
			return nil, false
		}
		value := rest[:end]
		switch verb {
		case 'd':
			if value == "" || strings.Trim(value, "-0123456789") != "" {
				return nil, false
			}
		case 'q':
			if len(value) < 2 || value[0] != value[len(value)-1] || value[0] != '"' && value[0] != '`' {
				return nil, false
			}
			value = value[1 : len(value)-1]
		}
		values, rest = append(values, value), rest[end+len(piece):]
	}
	return values, len(f.verbs) > 0 || rest == ""
}

// upper is a text that begins with a capital: package network makes sentences
// of its errors that way.
func upper(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if !unicode.IsLower(r) {
		return text
	}
	return string(unicode.ToUpper(r)) + text[size:]
}
