package outbound

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"hearth"
)

// Public says whether an address is one of the public internet: unicast, of a
// block that is given out to networks, and not a way of writing an IPv4 address
// inside IPv6. Source: the IANA special-purpose address registries.
func Public(a netip.Addr) bool {
	if a.Zone() != "" || a.Is4In6() {
		return false
	}
	if a.Is6() && !globalIPv6.Contains(a) {
		return false
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// globalIPv6 is what IANA gives out as global unicast; mapped, NAT64,
// link-local and unique local addresses lie outside it.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),         // this network
	netip.MustParsePrefix("100.64.0.0/10"),     // carrier-grade NAT
	netip.MustParsePrefix("127.0.0.0/8"),       // loopback
	netip.MustParsePrefix("168.63.129.16/32"),  // Azure's platform service
	netip.MustParsePrefix("169.254.0.0/16"),    // link-local, cloud metadata
	netip.MustParsePrefix("192.0.0.0/24"),      // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),      // documentation
	netip.MustParsePrefix("192.31.196.0/24"),   // AS112
	netip.MustParsePrefix("192.52.193.0/24"),   // AMT
	netip.MustParsePrefix("192.88.99.0/24"),    // 6to4 relays
	netip.MustParsePrefix("192.175.48.0/24"),   // AS112
	netip.MustParsePrefix("198.18.0.0/15"),     // benchmarking
	netip.MustParsePrefix("198.51.100.0/24"),   // documentation
	netip.MustParsePrefix("203.0.113.0/24"),    // documentation
	netip.MustParsePrefix("240.0.0.0/4"),       // reserved, broadcast
	netip.MustParsePrefix("2001::/23"),         // protocol assignments, Teredo, ORCHID
	netip.MustParsePrefix("2001:db8::/32"),     // documentation
	netip.MustParsePrefix("2002::/16"),         // 6to4
	netip.MustParsePrefix("2620:4f:8000::/48"), // AS112
	netip.MustParsePrefix("3fff::/20"),         // documentation
}

// Exception is a target that the operator allows though it is not public.
type Exception struct {
	Prefix netip.Prefix
	Port   uint16 // 0: any
}

// ParseException reads "10.1.0.0/16:8080", "[fd00::]/8:443" or
// "127.0.0.1:*"; the port * is any.
func ParseException(s string) (Exception, error) {
	bad := hearth.Errorf(hearth.Invalid, "%q is not an address range and port like 10.1.0.0/16:8080 or [fd00::]/8:443.", s)
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return Exception{}, bad
	}
	host, port := s[:colon], s[colon+1:]
	if strings.Contains(host, ":") != strings.HasPrefix(host, "[") {
		return Exception{}, bad // an IPv6 address stands in brackets, or the last colon is its own
	}
	host = strings.NewReplacer("[", "", "]", "").Replace(host)
	var e Exception
	var err error
	if e.Prefix, err = netip.ParsePrefix(host); err != nil {
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.Zone() != "" {
			return Exception{}, bad
		}
		e.Prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if port != "*" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Exception{}, bad
		}
		e.Port = uint16(n)
	}
	return e, nil
}

func (e Exception) covers(target netip.AddrPort) bool {
	return e.Prefix.Contains(target.Addr()) && (e.Port == 0 || e.Port == target.Port())
}
