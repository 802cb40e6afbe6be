package query

import (
	"strings"
	"unicode"

	"hearth/text"
)

// address is the compared form of an address (section 6): its host, and what
// follows the host.
func address(s string) (host, rest string) {
	s = text.NFKC(strings.Map(printing, text.NFKC(strings.Map(unmarked, s))))
	if scheme, after, ok := strings.Cut(s, "://"); ok && isScheme(scheme) {
		s = after
	}
	host = s
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		host, rest = s[:i], s[i:]
	}
	host = text.Fold(host[strings.LastIndexByte(host, '@')+1:])
	for {
		short := strings.TrimRight(host, ".")
		if i := strings.LastIndexByte(short, ':'); i >= 0 && allDigits(short[i+1:]) {
			short = short[:i]
		}
		if short == host {
			break
		}
		host = short
	}
	for strings.HasPrefix(host, "www.") {
		host = host[len("www."):]
	}
	rest, _, _ = strings.Cut(rest, "#")
	return host, strings.TrimRight(rest, "/")
}

// unmarked drops the marks of trade.
func unmarked(r rune) rune {
	switch r {
	case '©', '®', '℠', '™', 'ℹ':
		return -1
	}
	return r
}

// printing drops white space and ignorable characters.
func printing(r rune) rune {
	if text.IsSpace(r) || text.Ignorable(r) {
		return -1
	}
	return r
}

// isScheme says that s may stand before :// (RFC 3986, section 3.1).
func isScheme(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return s != ""
}

func readAddress(s string) (Value, bool) {
	host, rest := address(s)
	return AddressValue(host + rest), host != ""
}

// readHost reads a host. The dot before a top-level domain is dropped.
func readHost(s string, tld bool) (Value, bool) {
	host, rest := address(s)
	if tld {
		host = strings.TrimLeft(host, ".")
	}
	return HostValue(host), host != "" && rest == "" && !strings.Contains(host, "*")
}

// Address is an address in compared form, and the host in it.
func Address(s string) (compared, host string) {
	host, rest := address(s)
	return host + rest, host
}

// Holds says that an address, in compared form, is this one or continues it.
func (v AddressValue) Holds(address string) bool {
	rest, ok := strings.CutPrefix(address, string(v))
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?' || rest[0] == '&')
}

// Holds says that a host, in compared form, is the one that a field asks for:
// itself (site), itself or below it (domain), or only below it (tld).
func (v HostValue) Holds(name FieldName, host string) bool {
	if rest, ok := strings.CutSuffix(host, string(v)); ok {
		switch {
		case rest == "":
			return name != FieldTLD
		case rest[len(rest)-1] == '.':
			return name != FieldSite
		}
	}
	return false
}

func (v AddressValue) String() string           { return bareAddress(string(v)) }
func (v AddressValue) words(*phrasebook) string { return v.String() }
func (v AddressValue) cost() int                { return 2 }

func (v HostValue) String() string           { return bareAddress(string(v)) }
func (v HostValue) words(*phrasebook) string { return v.String() }
func (v HostValue) cost() int                { return 2 }

func bareAddress(s string) string { return bareOr(s, "_.:/@#?=&%,;+~!$'*-") }

// bareOr is s as it is if it begins with a letter or digit and holds only
// letters, digits, marks and the given signs; else it is s in quotes.
func bareOr(s, signs string) string {
	for i, r := range s {
		switch {
		case unicode.In(r, unicode.L, unicode.N):
		case i > 0 && (text.IsMark(r) || oneOf(r, signs)):
		default:
			return quote(s)
		}
	}
	return s
}

func oneOf(r rune, signs string) bool { return strings.ContainsRune(signs, r) }
