package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/ingest"
	"hearth/outbound"
)

const (
	reachTime  = 6 * time.Second
	mostProbed = 20 // hosts
)

// reach tries to connect to the hosts that the settings of sources name. Only a
// doctor who has the data does: a running server tells by its sources.
func (e *examination) reach(s *Server) {
	list, err := s.sources.List(e.ctx, access.LocalOwner(hearth.DefaultWorkspace))
	if err != nil {
		e.fair("networks", err.Error(), "Their hosts could not be tried.", "")
		return
	}
	hosts := hostsOf(list)
	if len(hosts) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(e.ctx, reachTime)
	defer cancel()
	failed := make([]error, len(hosts))
	var group sync.WaitGroup
	for i, h := range hosts {
		group.Go(func() {
			conn, err := s.out.DialContext(ctx, outbound.Web, "tcp", h)
			if failed[i] = err; err == nil {
				conn.Close()
			}
		})
	}
	group.Wait()
	reached := 0
	for i, err := range failed {
		var name *net.DNSError
		var known *hearth.Error
		switch {
		case err == nil:
			reached++
		case errors.As(err, &known):
			e.fair("network "+hosts[i], known.Message, "Sources on it fail.", "If you mean that address, allow it with --allow.")
		case errors.As(err, &name):
			e.fair("network "+hosts[i], "its name cannot be resolved: "+name.Err, "Sources on it cannot connect.", "Look at this machine's name service (/etc/resolv.conf) and at the spelling in the source's settings.")
		default:
			e.fair("network "+hosts[i], fmt.Sprintf("cannot be reached: %v", err), "Sources on it cannot connect.", "Look at this machine's way to the internet and its firewall; if others cannot reach it either, it will pass.")
		}
	}
	if reached > 0 {
		e.good("networks", "%d of %d hosts can be reached", reached, len(hosts))
	}
}

// hostsOf are the hosts and ports that settings of sources name as URLs.
func hostsOf(list []ingest.Source) (hosts []string) {
	for i := range list {
		if list[i].Paused {
			continue
		}
		for _, value := range list[i].Settings {
			u, err := url.Parse(value)
			if err != nil || u.Hostname() == "" {
				continue
			}
			port := u.Port()
			if port == "" {
				port = map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}[u.Scheme]
			}
			at := net.JoinHostPort(u.Hostname(), port)
			if port != "" && len(hosts) < mostProbed && !slices.Contains(hosts, at) {
				hosts = append(hosts, at)
			}
		}
	}
	slices.Sort(hosts)
	return hosts
}
