package server

import (
	"context"
	"net/netip"
	"net/url"

	"hearth"
	"hearth/access"
)

// openAccess makes users, sessions and keys ready.
func (s *Server) openAccess(ctx context.Context) error {
	seal, err := keyFile(s.config.Data, userFile, access.SealSize, s.config.Random)
	if err != nil {
		return err
	}
	trusted, err := s.config.proxies()
	if err != nil {
		return err
	}
	s.access, err = access.Open(ctx, access.Options{
		State: s.state, Clock: s.config.Clock, Log: s.log, Random: s.config.Random, Seal: seal, Address: s.config.Address, Trusted: trusted, Out: s.out,
	})
	return err
}

// checkAddress looks at how people reach Hearth, and names the setting at fault.
func (s *Settings) checkAddress() (name string, err error) {
	if s.Address != "" {
		u, err := url.Parse(s.Address)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" ||
			u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
			return "address", hearth.Errorf(hearth.Invalid, "Write how people reach Hearth like https://hearth.acme.example, not %q.", s.Address)
		}
	}
	if _, err := s.proxies(); err != nil {
		return "trusted-proxies", err
	}
	return "", nil
}

// proxies are those whose word about clients is taken.
func (s *Settings) proxies() (list []netip.Prefix, err error) {
	for _, text := range s.Proxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix.Bits() == 0 {
			return nil, hearth.Errorf(hearth.Invalid, "Write trusted proxies as networks, such as 10.0.0.1/32, not %q.", text)
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}
