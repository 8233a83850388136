namespace OrderCenter.Reconciliation.Import;

/// <summary>The uploaded file is larger than <see cref="UploadStream.BytesMax"/>.</summary>
internal sealed class UploadTooLargeException() : Exception($"the file is larger than {UploadStream.BytesMax} bytes");
