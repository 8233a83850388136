using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrderCenter.Simulator.Stores;

/// <summary>The App Store's certificates, made at start, and the wrong ones that a forger would make, made when first asked for.</summary>
internal sealed class AppStoreCertificates : IDisposable
{
    private const string LeafOid = "1.2.840.113635.100.6.11.1";
    private const string IntermediateOid = "1.2.840.113635.100.6.2.1";
    private const int SerialBytes = 12;

    private readonly DateTimeOffset _now;
    private readonly Authority _root;
    private readonly Authority _intermediate;
    private readonly Dictionary<AppleForgery, SigningChain> _chains = [];
    private readonly List<IDisposable> _made = [];
    private SigningChain? _xcode;

    public AppStoreCertificates(DateTimeOffset now)
    {
        _now = now;
        _root = MakeRoot("Simulated Apple Root CA");
        _intermediate = MakeIntermediate(_root);
    }

    /// <summary>What signs a JWS and stands in its <c>x5c</c>.</summary>
    public sealed record SigningChain(ECDsa Key, IReadOnlyList<byte[]> X5c);

    private sealed record Authority(ECDsa Key, X509Certificate2 Certificate)
    {
        public byte[] Der => Certificate.RawData;
    }

    public byte[] Root => _root.Der;

    /// <summary>What Xcode makes for itself: a CA in name, that signs no certificates but is no leaf of one either.</summary>
    public SigningChain Xcode => _xcode ??= MakeXcode();

    private SigningChain MakeXcode()
    {
        var key = MakeKey(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=StoreKit Testing in Xcode, O=StoreKit Testing in Xcode", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress("StoreKit Testing in Xcode");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        return new SigningChain(key, [Keep(key, request.CreateSelfSigned(_now.AddDays(-1), _now.AddYears(1))).Der]);
    }

    public SigningChain Chain(AppleForgery forgery)
    {
        // Forgeries that leave the certificates alone share the genuine chain.
        var chain = _chains.GetValueOrDefault(forgery) ?? Make(forgery) ?? _chains.GetValueOrDefault(AppleForgery.None) ?? Genuine();
        return _chains[forgery] = chain;
    }

    public void Dispose()
    {
        foreach (var made in _made)
        {
            made.Dispose();
        }
    }

    private SigningChain Genuine() => _chains[AppleForgery.None] = Below(_intermediate, MakeLeaf(_intermediate), _root.Der);

    private SigningChain? Make(AppleForgery forgery)
    {
        switch (forgery)
        {
            case AppleForgery.LeafWithoutOid:
                return Below(_intermediate, MakeLeaf(_intermediate, oid: null), _root.Der);
            case AppleForgery.LeafIsCa:
                return Below(_intermediate, MakeLeaf(_intermediate, isAuthority: true), _root.Der);
            case AppleForgery.LeafP384:
                return Below(_intermediate, MakeLeaf(_intermediate, curve: ECCurve.NamedCurves.nistP384), _root.Der);
            case AppleForgery.LeafExpired:
                return Below(_intermediate, MakeLeaf(_intermediate, notAfter: _now.AddDays(-1)), _root.Der);
            case AppleForgery.LeafNotYetValid:
                return Below(_intermediate, MakeLeaf(_intermediate, notBefore: _now.AddDays(1)), _root.Der);
            case AppleForgery.IntermediateWithoutOid:
                return Under(_root, MakeIntermediate(_root, oid: null));
            case AppleForgery.IntermediateNotCa:
                return Under(_root, MakeIntermediate(_root, isAuthority: false));
            case AppleForgery.ForeignRoot:
                var foreign = MakeRoot("Simulated Apple Root CA");
                return Under(foreign, MakeIntermediate(foreign));
            case AppleForgery.ForeignChainTrustedRoot:
                var impostor = MakeRoot("Simulated Apple Root CA");
                return Under(impostor, MakeIntermediate(impostor)) is var (key, x5c) ? new SigningChain(key, [x5c[0], x5c[1], _root.Der]) : null;
            case AppleForgery.ForeignLeaf:
                var other = MakeIntermediate(MakeRoot("Simulated Apple Root CA"));
                return Below(_intermediate, MakeLeaf(other), _root.Der);
            case AppleForgery.LeafOfRoot:
                return Below(_intermediate, MakeLeaf(_root), _root.Der);
            case AppleForgery.RootNotSelfSigned:
                var subordinate = MakeIntermediate(_root, name: "Simulated Subordinate Root", pathLength: 1);
                return Under(subordinate, MakeIntermediate(subordinate));
            default:
                return Rearranged(forgery);
        }
    }

    private SigningChain? Rearranged(AppleForgery forgery)
    {
        var (key, x5c) = _chains.GetValueOrDefault(AppleForgery.None) ?? Genuine();
        return forgery switch
        {
            AppleForgery.TwoCertificates => new SigningChain(key, [x5c[0], x5c[1]]),
            AppleForgery.FourCertificates => new SigningChain(key, [.. x5c, x5c[2]]),
            AppleForgery.NoCertificates => new SigningChain(key, []),
            AppleForgery.ReversedCertificates => new SigningChain(key, [x5c[2], x5c[1], x5c[0]]),
            AppleForgery.SwappedCertificates => new SigningChain(key, [x5c[1], x5c[0], x5c[2]]),
            AppleForgery.OtherKey => new SigningChain(MakeKey(ECCurve.NamedCurves.nistP256), x5c),
            _ => null,
        };
    }

    private SigningChain Under(Authority root, Authority intermediate) => Below(intermediate, MakeLeaf(intermediate), root.Der);

    private static SigningChain Below(Authority intermediate, Authority leaf, byte[] root) => new(leaf.Key, [leaf.Der, intermediate.Der, root]);

    private Authority MakeRoot(string name)
    {
        var key = MakeKey(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority: true, pathLength: null, oid: null, issuer: null);
        return Keep(key, request.CreateSelfSigned(_now.AddYears(-10), _now.AddYears(15)));
    }

    private Authority MakeIntermediate(
        Authority issuer,
        string? oid = IntermediateOid,
        bool isAuthority = true,
        string name = "Simulated WWDR",
        int pathLength = 0)
    {
        var key = MakeKey(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority, isAuthority ? pathLength : null, oid, issuer.Certificate);
        return Keep(key, Issue(request, issuer, _now.AddYears(-5), _now.AddYears(10)));
    }

    private Authority MakeLeaf(
        Authority issuer,
        string? oid = LeafOid,
        bool isAuthority = false,
        ECCurve? curve = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null)
    {
        var key = MakeKey(curve ?? ECCurve.NamedCurves.nistP256);
        var request = Request("Simulated Receipt Signing", key, isAuthority, null, oid, issuer.Certificate);
        return Keep(key, Issue(request, issuer, notBefore ?? _now.AddYears(-1), notAfter ?? _now.AddYears(2)));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority, int? pathLength, string? oid, X509Certificate2? issuer)
    {
        var request = new CertificateRequest($"CN={name}, O=OrderCenter Simulator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true));
        var usage = isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        if (issuer?.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } issuerKey)
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKey));
        }
        if (oid is not null)
        {
            // Apple's marks hold an ASN.1 NULL.
            request.CertificateExtensions.Add(new X509Extension(oid, [0x05, 0x00], critical: false));
        }
        return request;
    }

    /// <summary>Signs with a generator, so that an issuer may be one that should not issue.</summary>
    private static X509Certificate2 Issue(CertificateRequest request, Authority issuer, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7F;
        return request.Create(issuer.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.Key), notBefore, notAfter, serial);
    }

    private ECDsa MakeKey(ECCurve curve)
    {
        var key = ECDsa.Create(curve);
        _made.Add(key);
        return key;
    }

    private Authority Keep(ECDsa key, X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return new Authority(key, certificate);
    }
}
