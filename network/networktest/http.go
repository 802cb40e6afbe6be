package networktest

import "hearth/network/faulty"

// InjectHTTP makes a fault happen that every network has which is asked over
// HTTP; false if it is another.
func InjectHTTP(h *faulty.Handler, f Fault, after int) bool {
	switch f {
	case Cut:
		h.Inject(faulty.Fault{Kind: faulty.Cut, Bytes: after})
	case Limited:
		h.Inject(faulty.Fault{Kind: faulty.Limit})
	case Busy:
		h.Inject(faulty.Fault{Kind: faulty.Busy})
	case Stall:
		h.Inject(faulty.Fault{Kind: faulty.Stall, Bytes: after})
	case NotItself:
		h.Inject(faulty.Fault{Kind: faulty.Page})
		h.Inject(faulty.Fault{Kind: faulty.Garbage})
	default:
		return false
	}
	return true
}
