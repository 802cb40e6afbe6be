package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"hearth"
)

const (
	resolveTimeout = 5 * time.Second
	dialTimeout    = 5 * time.Second // for each address of a name
	maxAddresses   = 4               // of a name are tried
)

func (o *Outbound) transport(p Purpose) *http.Transport {
	return &http.Transport{
		Proxy: nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return o.DialContext(ctx, p, network, address)
		},
		DisableCompression:     true, // unpacked by body, within limits
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    callsAtOnce,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
	}
}

// DialContext opens a TCP connection for a purpose. The name is resolved once;
// every address found is judged right before it is dialled.
func (o *Outbound) DialContext(ctx context.Context, p Purpose, network, address string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, hearth.Errorf(hearth.Invalid, "%q is not a host and a port.", address)
	}
	found, err := o.resolve(ctx, network, name)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{
		Timeout:   dialTimeout,
		KeepAlive: 30 * time.Second,
		Control: func(network, address string, _ syscall.RawConn) error {
			return o.judge(p, network, address)
		},
	}
	var failed error
	for _, a := range found[:min(len(found), maxAddresses)] {
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		if failed == nil || hearth.ErrorCode(failed) == hearth.Denied {
			failed = err
		}
	}
	return nil, failed
}

// resolve is the addresses of a name, or the address itself.
func (o *Outbound) resolve(ctx context.Context, network, name string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(name); err == nil {
		if a.Is4In6() {
			return nil, refused(name + ", an IPv4 address written as IPv6") // a dialer would take it for the IPv4 address
		}
		return []netip.Addr{a}, nil
	}
	family, ok := map[string]string{"tcp": "ip", "tcp4": "ip4", "tcp6": "ip6"}[network]
	if !ok {
		return nil, refused("a connection of the kind " + network)
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	found, err := o.resolver.LookupNetIP(ctx, family, name)
	if err != nil {
		return nil, fmt.Errorf("finding the address of %s: %w", name, err)
	}
	for i, a := range found {
		found[i] = a.Unmap() // the resolver writes IPv4 addresses so; they are judged as what they are
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("finding the address of %s: %w", name, errors.New("it has none"))
	}
	return found, nil
}

// judge is nil if the resolved address may be dialled.
func (o *Outbound) judge(p Purpose, network, address string) error {
	if network != "tcp4" && network != "tcp6" {
		return refused("a connection of the kind " + network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return refused(address)
	}
	for _, e := range o.allow {
		if e.covers(target) {
			return nil
		}
	}
	if !Public(target.Addr()) {
		return refused(target.Addr().String() + ", which is not a public address")
	}
	if !slices.Contains(ports[p], target.Port()) {
		return refused(target.String() + ", which is not a port for " + string(p))
	}
	return nil
}

var ports = map[Purpose][]uint16{Web: {80, 443}, Stream: {80, 443}, Mail: {143, 465, 587, 993}}

func refused(what string) error {
	return hearth.Errorf(hearth.Denied, "Hearth does not connect to %s; the operator can allow it in the configuration file.", what)
}
