package network

import (
	"regexp"
	"strings"

	"hearth/outbound"
)

// Scope says which of a source's settings are secrets, and to which hosts these
// may go: those that the other settings name. A network that learns of another
// host by itself does not send a secret there.
func Scope(fields []Field, settings map[string]string) outbound.Scope {
	var s outbound.Scope
	for _, f := range fields {
		value := settings[f.Name]
		switch {
		case value == "":
		case f.Secret:
			s.Secrets = append(s.Secrets, value)
		default:
			for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
				if strings.Contains(word, "://") || hostLike.MatchString(word) {
					s.Hosts = append(s.Hosts, word)
				}
			}
		}
	}
	if len(s.Secrets) == 0 {
		return outbound.Scope{} // nothing to guard
	}
	return s
}

// hostLike is a name with a dot, an address or this machine, with or without a
// port.
var hostLike = regexp.MustCompile(`^(localhost|\[[0-9a-fA-F:]+\]|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:\d+)?$`)
