namespace OrderCenter.Domain.Callbacks;

public enum CallbackFormat
{
    Form,
    Json,
}
