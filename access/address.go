package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Caller is who knocks, before anybody knows who it is.
type Caller struct {
	Address netip.Addr // by ClientAddress; invalid where there is none
	Agent   string     // what the browser says it is
	Device  string     // the token of Entry.Device that the browser kept; "": none
}

// network is the caller's address as guesses are counted by it: the /64 of an
// IPv6 address, whose holder has all of it.
func (c Caller) network() string {
	address := c.Address.Unmap().WithZone("")
	if address.Is6() {
		prefix, err := address.Prefix(64)
		if err == nil {
			return prefix.String()
		}
	}
	return address.String()
}

// ClientAddress is from where a request comes: the peer of the connection, or,
// if that is a proxy that the operator trusts, the last address in
// X-Forwarded-For that is none. Nobody is trusted by default, and no other
// header counts (ID4). It is invalid for a request without a connection.
func ClientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	peer = peer.Unmap().WithZone("")
	if !within(peer, trusted) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return peer // what the proxy writes is no list of addresses
		}
		hop = hop.Unmap().WithZone("")
		if !within(hop, trusted) {
			return hop
		}
		peer = hop
	}
	return peer
}

func within(address netip.Addr, list []netip.Prefix) bool {
	for _, prefix := range list {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
